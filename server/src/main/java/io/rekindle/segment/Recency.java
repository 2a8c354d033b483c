package io.rekindle.segment;

/**
 * When something happened last, counted in business days: of n days, today is the first. For whoever did it at all the
 * two are opposites.
 */
public sealed interface Recency {
    int MOST_DAYS = 36_500;

    int days();

    /** On one of the latest {@code days} business days, today included. */
    record WithinDays(int days) implements Recency {
        public WithinDays {
            check(days);
        }
    }

    /** At some time, but not on one of the latest {@code days} business days. */
    record BeforeDays(int days) implements Recency {
        public BeforeDays {
            check(days);
        }
    }

    /** The number itself, when it is a number of days a rule may name. */
    static int check(int days) {
        if (days < 1 || days > MOST_DAYS)
            throw new IllegalArgumentException("%d days; a rule may name 1 to %d".formatted(days, MOST_DAYS));
        return days;
    }
}
