package io.rekindle.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.common.CustomerId;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    private static final String SALT = "00ff00ff00ff00ff";

    /** Chi-square with 99 degrees of freedom: above 148.2 with probability 0.001; the seed is fixed, so this is no dice. */
    @Test
    void numbersAreUniform() {
        var assignment = new Assignment(SALT, 0.1);
        int[] bins = new int[100];
        int n = 200_000;
        for (int i = 0; i < n; i++) bins[(int) (assignment.number(new CustomerId(i)) * bins.length)]++;
        double chiSquare = 0;
        double expected = (double) n / bins.length;
        for (int count : bins) chiSquare += (count - expected) * (count - expected) / expected;
        assertThat(chiSquare).isLessThan(148.2);
    }

    @Test
    void theSharesHeldOutAreTheSharesAskedFor() {
        var ids = new SplittableRandom(7);
        for (double share : new double[] {0.01, 0.1, 0.5}) {
            var assignment = new Assignment("a salt for " + share, share);
            int held = 0;
            int n = 100_000;
            for (int i = 0; i < n; i++) if (assignment.arm(new CustomerId(ids.nextLong())) == Arm.HOLDOUT) held++;
            assertThat(held / (double) n).isCloseTo(share, within(4 * Math.sqrt(share * (1 - share) / n)));
        }
    }

    @Test
    void anotherSaltDrawsIndependently() {
        var one = new Assignment("0000000000000001", 0.3);
        var other = new Assignment("0000000000000002", 0.3);
        int n = 100_000;
        int both = 0;
        for (int i = 0; i < n; i++) {
            var customer = new CustomerId(i * 7_919L);
            if (one.arm(customer) == Arm.HOLDOUT && other.arm(customer) == Arm.HOLDOUT) both++;
        }
        assertThat(both / (double) n).isCloseTo(0.09, within(4 * Math.sqrt(0.09 * 0.91 / n)));
    }

    /** The formula published for users of the warehouse, reckoned by an engine that knows nothing of this class. */
    @Test
    void theWarehouseDrawsTheSameNumberBySql() throws SQLException {
        var ids = new SplittableRandom(11);
        var assignment = new Assignment(SALT, 0.1);
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.prepareStatement(
                        "select cast('0x' || substr(sha256(? || ':' || cast(? as bigint)), 1, 13) as bigint) / 4503599627370496.0")) {
            for (int i = 0; i < 500; i++) {
                long id = ids.nextLong();
                statement.setString(1, SALT);
                statement.setLong(2, id);
                try (var row = statement.executeQuery()) {
                    row.next();
                    assertThat(assignment.number(new CustomerId(id))).isEqualTo(row.getDouble(1));
                }
            }
        }
    }

    /** printf '%s' '00ff00ff00ff00ff:-42' | sha256sum begins with the digits below. */
    @Test
    void aShellDrawsTheSameNumber() {
        assertThat(new Assignment(SALT, 0.1).number(new CustomerId(-42))).isEqualTo(0xabe95e14fbd2cp-52);
    }
}
