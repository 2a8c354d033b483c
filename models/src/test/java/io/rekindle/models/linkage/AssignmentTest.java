package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    @Test
    void noAssignmentIsWorthMore() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 400; round++) {
            int count = 1 + random.nextInt(10);
            int[] left = random.ints(count, 0, 5).toArray();
            int[] right = random.ints(count, 0, 5).toArray();
            for (int k = 0; k < count; k++)
                for (int before = 0; before < k; before++)
                    if (left[before] == left[k] && right[before] == right[k]) left[k] = 5 + k;
            double[] worth = random.doubles(count, -2, 8).toArray();
            int[] kept = Assignment.of(left, right, worth);
            assertThat(Arrays.stream(kept).map(k -> left[k])).doesNotHaveDuplicates();
            assertThat(Arrays.stream(kept).map(k -> right[k])).doesNotHaveDuplicates();
            assertThat(Arrays.stream(kept).mapToDouble(k -> worth[k]).sum())
                    .isCloseTo(best(left, right, worth), within(1e-9));
        }
    }

    /** Over every subset. */
    private static double best(int[] left, int[] right, double[] worth) {
        double best = 0;
        for (int subset = 0; subset < 1 << worth.length; subset++) {
            long takenLeft = 0;
            long takenRight = 0;
            double sum = 0;
            boolean possible = true;
            for (int k = 0; k < worth.length; k++) {
                if ((subset >>> k & 1) == 0) continue;
                possible &= (takenLeft >>> left[k] & 1) == 0 && (takenRight >>> right[k] & 1) == 0;
                takenLeft |= 1L << left[k];
                takenRight |= 1L << right[k];
                sum += worth[k];
            }
            if (possible) best = Math.max(best, sum);
        }
        return best;
    }
}
