package io.rekindle.warehouse.duckdb;

import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.WarehouseException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** Writes rows straight into DuckDB's appender. */
final class AppenderRows implements RowWriter, AutoCloseable {
    private static final int AMOUNT_DECIMALS = 4;

    private final DuckDBAppender appender;
    private long count;
    private boolean inRow;

    AppenderRows(DuckDBAppender appender) {
        this.appender = appender;
    }

    long count() {
        return count;
    }

    private interface Column {
        void write() throws SQLException;
    }

    private RowWriter write(Column column) {
        try {
            if (!inRow) {
                appender.beginRow();
                inRow = true;
            }
            column.write();
            return this;
        } catch (SQLException e) {
            throw new WarehouseException("row %d does not fit the table: %s".formatted(count + 1, e.getMessage()), e);
        }
    }

    @Override
    public RowWriter value(long value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(int value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(double value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(boolean value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(@Nullable String value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(@Nullable BigDecimal value) {
        return write(() -> {
            if (value == null) appender.append((BigDecimal) null);
            else appender.append(value.setScale(AMOUNT_DECIMALS, RoundingMode.HALF_EVEN));
        });
    }

    @Override
    public RowWriter value(@Nullable Instant value) {
        return write(() -> {
            if (value == null) appender.append((java.time.LocalDateTime) null);
            else appender.appendEpochMicros(ChronoUnit.MICROS.between(Instant.EPOCH, value));
        });
    }

    @Override
    public RowWriter value(@Nullable LocalDate value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(@Nullable Long value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter value(@Nullable Double value) {
        return write(() -> appender.append(value));
    }

    @Override
    public RowWriter missing() {
        return write(() -> appender.appendNull());
    }

    @Override
    public void end() {
        try {
            appender.endRow();
            inRow = false;
            count++;
        } catch (SQLException e) {
            throw new WarehouseException("row %d does not fit the table: %s".formatted(count + 1, e.getMessage()), e);
        }
    }

    @Override
    public void close() throws SQLException {
        appender.close();
    }
}
