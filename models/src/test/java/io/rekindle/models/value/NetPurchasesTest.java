package io.rekindle.models.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetPurchasesTest {
    @Test
    void aRefundIsTakenOffTheLatestPurchasesBeforeIt() {
        int[] customer = {7, 7, 7, 7, 8};
        long[] day = {1, 5, 6, 9, 2};
        double[] amount = {30, 20, -25, 40, 10};
        var net = NetPurchases.of(customer, day, amount);
        assertThat(net.customer()).containsExactly(7, 7, 8);
        assertThat(net.tick()).containsExactly(1, 9, 2);
        assertThat(net.amount()).containsExactly(25, 40, 10);
        assertThat(net.refunds()).isEqualTo(1);
        assertThat(net.cancelled()).isEqualTo(1);
        assertThat(net.unmatched()).isZero();
    }

    @Test
    void aRefundOfTheSameDayFindsItsPurchaseInWhateverOrderTheyStand() {
        var net = NetPurchases.of(new int[] {1, 1}, new long[] {3, 3}, new double[] {-.3, .1 + .2});
        assertThat(net.customer()).isEmpty();
        assertThat(net.cancelled()).isEqualTo(1);
    }

    @Test
    void aRefundWithoutAPurchaseBeforeItIsSetAside() {
        var net = NetPurchases.of(new int[] {1, 2, 2}, new long[] {3, 1, 2}, new double[] {-5, 0, 8});
        assertThat(net.unmatched()).isEqualTo(1);
        assertThat(net.amount()).containsExactly(0, 8);
    }

    @Test
    void amountsAddUpAndTheOrderOfRowsDoesNotMatter() {
        var random = new SplittableRandom(5);
        int n = 4000;
        int[] customer = random.ints(n, 0, 200).toArray();
        long[] day = random.longs(n, 0, 300).toArray();
        double[] amount = random.doubles(n, -20, 60).toArray();
        Arrays.setAll(amount, i -> Math.round(amount[i] * 100) / 100.0);
        for (int i = 0; i < 200; i++) {
            customer[i] = i;
            day[i] = 0;
            amount[i] = 10_000;
        }
        var net = NetPurchases.of(customer, day, amount);
        assertThat(net.unmatched()).isZero();
        assertThat(Arrays.stream(net.amount()).sum())
                .isCloseTo(Arrays.stream(amount).sum(), within(1e-6));
        int[] backCustomer = new int[n];
        long[] backDay = new long[n];
        double[] backAmount = new double[n];
        for (int i = 0; i < n; i++) {
            backCustomer[i] = customer[n - 1 - i];
            backDay[i] = day[n - 1 - i];
            backAmount[i] = amount[n - 1 - i];
        }
        var back = NetPurchases.of(backCustomer, backDay, backAmount);
        assertThat(back.customer()).isEqualTo(net.customer());
        assertThat(back.tick()).isEqualTo(net.tick());
        assertThat(back.amount()).isEqualTo(net.amount());
    }

    @Test
    void anAmountThatIsNoNumberIsNamed() {
        assertThatThrownBy(() -> NetPurchases.of(new int[] {1}, new long[] {1}, new double[] {Double.NaN}))
                .hasMessage("transaction 0: amount NaN is not a number");
    }
}
