package io.rekindle.warehouse;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Writes rows column by column, in the order of the table's definition; {@link #end} closes each row. */
public interface RowWriter {
    RowWriter value(long value);

    RowWriter value(int value);

    RowWriter value(double value);

    RowWriter value(boolean value);

    RowWriter value(@Nullable String value);

    /** An amount: rounded half-even to four decimals. */
    RowWriter value(@Nullable BigDecimal value);

    /** To the microsecond, in UTC. */
    RowWriter value(@Nullable Instant value);

    RowWriter value(@Nullable LocalDate value);

    /** A nullable number. */
    RowWriter value(@Nullable Long value);

    RowWriter value(@Nullable Double value);

    RowWriter missing();

    void end();
}
