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

    /** A value is written as it is, and not by way of an object for each: rows have a dozen, and come by the thousand. */
    private void begin() throws SQLException {
        if (inRow) return;
        appender.beginRow();
        inRow = true;
    }

    private WarehouseException misfit(SQLException e) {
        return new WarehouseException("row %d does not fit the table: %s".formatted(count + 1, e.getMessage()), e);
    }

    @Override
    public RowWriter value(long value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(int value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(double value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(boolean value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(@Nullable String value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(@Nullable BigDecimal value) {
        try {
            begin();
            appender.append(value == null ? null : value.setScale(AMOUNT_DECIMALS, RoundingMode.HALF_EVEN));
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(@Nullable Instant value) {
        try {
            begin();
            if (value == null) appender.append((java.time.LocalDateTime) null);
            else appender.appendEpochMicros(ChronoUnit.MICROS.between(Instant.EPOCH, value));
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(@Nullable LocalDate value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(@Nullable Long value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter value(@Nullable Double value) {
        try {
            begin();
            appender.append(value);
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public RowWriter missing() {
        try {
            begin();
            appender.appendNull();
            return this;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public void end() {
        try {
            appender.endRow();
            inRow = false;
            count++;
        } catch (SQLException e) {
            throw misfit(e);
        }
    }

    @Override
    public void close() throws SQLException {
        appender.close();
    }
}
