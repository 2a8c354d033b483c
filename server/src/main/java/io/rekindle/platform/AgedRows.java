package io.rekindle.platform;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows of one table that are removed, or of which words are, once they are old enough.
 *
 * @param table and {@code at}, {@code condition}, {@code removal}: SQL of our own code; {@code at} is the time that counts
 * @param removal what is done, e.g. {@code delete from t}; the condition follows it
 */
public record AgedRows(
        JdbcClient jdbc,
        String dataClass,
        Optional<Duration> keptByDefault,
        String table,
        String at,
        String condition,
        String removal)
        implements Retained {
    /** Whole rows of a table. */
    public static AgedRows deleted(
            JdbcClient jdbc, String dataClass, Optional<Duration> keptByDefault, String table, String at) {
        return new AgedRows(jdbc, dataClass, keptByDefault, table, at, "true", "delete from " + table);
    }

    @Override
    public Aged olderThan(Instant before) {
        return jdbc.sql("select count(*) as n, min(%2$s) as oldest from %1$s where %2$s < :before and %3$s"
                        .formatted(table, at, condition))
                .param("before", OffsetDateTime.ofInstant(before, ZoneOffset.UTC))
                .query((row, n) -> {
                    var oldest = row.getObject("oldest", OffsetDateTime.class);
                    return new Aged(row.getLong("n"), oldest == null ? null : oldest.toInstant());
                })
                .single();
    }

    @Override
    public long remove(Instant before) {
        return jdbc.sql("%s where %s < :before and %s".formatted(removal, at, condition))
                .param("before", OffsetDateTime.ofInstant(before, ZoneOffset.UTC))
                .update();
    }
}
