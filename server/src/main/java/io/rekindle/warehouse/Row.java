package io.rekindle.warehouse;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The row a query stands on; columns by name. The plain getters refuse null, the {@code nullable…} ones allow it. */
public final class Row {
    private final ResultSet rows;
    /** Where a column is: a look through all names for every value would cost more than the value. */
    private final Map<String, Integer> places = new HashMap<>();

    /** Wraps a result set; made by an engine, which moves it from row to row. */
    public Row(ResultSet rows) {
        this.rows = rows;
    }

    public long longValue(String column) {
        return present(column, nullableLong(column));
    }

    public int intValue(String column) {
        return Math.toIntExact(longValue(column));
    }

    public double doubleValue(String column) {
        return present(column, nullableDouble(column));
    }

    public boolean booleanValue(String column) {
        return present(column, nullableBoolean(column));
    }

    public String text(String column) {
        return present(column, nullableText(column));
    }

    public BigDecimal decimal(String column) {
        return present(column, nullableDecimal(column));
    }

    public Instant instant(String column) {
        return present(column, nullableInstant(column));
    }

    public LocalDate date(String column) {
        return present(column, nullableDate(column));
    }

    public @Nullable Long nullableLong(String column) {
        return read(column, () -> {
            long value = rows.getLong(place(column));
            return rows.wasNull() ? null : value;
        });
    }

    public @Nullable Double nullableDouble(String column) {
        return read(column, () -> {
            double value = rows.getDouble(place(column));
            return rows.wasNull() ? null : value;
        });
    }

    public @Nullable Boolean nullableBoolean(String column) {
        return read(column, () -> {
            boolean value = rows.getBoolean(place(column));
            return rows.wasNull() ? null : value;
        });
    }

    public @Nullable String nullableText(String column) {
        return read(column, () -> rows.getString(place(column)));
    }

    public @Nullable BigDecimal nullableDecimal(String column) {
        return read(column, () -> rows.getBigDecimal(place(column)));
    }

    public @Nullable Instant nullableInstant(String column) {
        var local = read(column, () -> rows.getObject(place(column), LocalDateTime.class));
        return local == null ? null : local.toInstant(ZoneOffset.UTC);
    }

    public @Nullable LocalDate nullableDate(String column) {
        return read(column, () -> rows.getObject(place(column), LocalDate.class));
    }

    private int place(String column) throws SQLException {
        var known = places.get(column);
        if (known != null) return known;
        int place = rows.findColumn(column);
        places.put(column, place);
        return place;
    }

    private interface Reading<T extends @Nullable Object> {
        T get() throws SQLException;
    }

    private static <T extends @Nullable Object> T read(String column, Reading<T> reading) {
        try {
            return reading.get();
        } catch (SQLException e) {
            throw new WarehouseException("column '%s' cannot be read: %s".formatted(column, e.getMessage()), e);
        }
    }

    private static <T> T present(String column, @Nullable T value) {
        if (value == null) throw new WarehouseException("column '%s' is null".formatted(column), null);
        return value;
    }
}
