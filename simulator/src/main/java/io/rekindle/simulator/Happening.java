package io.rekindle.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a customer does that the shop's own systems see. Times are seconds since 1970-01-01T00:00Z, amounts cents. */
sealed interface Happening {
    int customer();

    long at();

    record SignedUp(int customer, long at, boolean consents) implements Happening {}

    record Viewed(int customer, long at, Catalogue.Product product) implements Happening {}

    /** An order; what is paid is the sum of the lines less the discount. */
    record Ordered(
            int customer,
            long at,
            int number,
            List<Catalogue.Line> lines,
            long discount,
            @Nullable String coupon) implements Happening {
        long listPrice() {
            return lines.stream().mapToLong(Catalogue.Line::amount).sum();
        }

        long paid() {
            return listPrice() - discount;
        }
    }

    /** Some or all of an order came back. */
    record Refunded(int customer, long at, int number, List<Catalogue.Line> lines, long amount) implements Happening {}
}
