package io.rekindle.segment;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

/**
 * A question to one value: a trait, or a property of an event. A value that is missing or null answers every question
 * with no, except {@link NotEquals}. Values are read by the question: as a number where it names numbers (the text
 * {@code "12"} is one too), as a day where it names days (the first ten characters, {@code yyyy-mm-dd}), else as text.
 */
public sealed interface ValueTest {

    /** A value a rule may name. */
    sealed interface Scalar {
        record Text(String value) implements Scalar {}

        record Numeric(BigDecimal value) implements Scalar {}

        record Flag(boolean value) implements Scalar {}
    }

    record Equals(Scalar value) implements ValueTest {}

    /** The opposite of {@link Equals}: also holds where there is no value. */
    record NotEquals(Scalar value) implements ValueTest {}

    record In(List<Scalar> values) implements ValueTest {
        public In {
            values = List.copyOf(values);
            if (values.isEmpty()) throw new IllegalArgumentException("a list of values is empty");
        }
    }

    /** The text contains another, capital letters or not. */
    record Contains(String text) implements ValueTest {
        public Contains {
            if (text.isEmpty()) throw new IllegalArgumentException("the text to look for is empty");
        }
    }

    record Greater(BigDecimal than) implements ValueTest {}

    record Less(BigDecimal than) implements ValueTest {}

    /** Both bounds included. */
    record Between(BigDecimal low, BigDecimal high) implements ValueTest {
        public Between {
            if (low.compareTo(high) > 0)
                throw new IllegalArgumentException("between %s and %s: the first is larger".formatted(low, high));
        }
    }

    /** Both days included. */
    record BetweenDays(LocalDate first, LocalDate last) implements ValueTest {
        public BetweenDays {
            if (first.isAfter(last))
                throw new IllegalArgumentException("between %s and %s: the first is later".formatted(first, last));
        }
    }

    record Exists() implements ValueTest {}

    /** On a day before this one. */
    record Before(LocalDate day) implements ValueTest {}

    /** On a day after this one. */
    record After(LocalDate day) implements ValueTest {}
}
