package io.rekindle.collect.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Objects;
import java.util.TreeMap;

/** Counts broken rules of a group by source, day, event and rule, so that each is written once. */
final class PlanBreaches {
    /** One event's or item's. */
    record OfEvent(int sourceId, Instant receivedAt, PlanBreach breach) {}

    private record Rule(int sourceId, LocalDate day, String type, String name, String rule, int planVersion) {}

    private record Count(long times, Instant lastAt) {
        Count and(Count other) {
            return new Count(times + other.times, lastAt.isAfter(other.lastAt) ? lastAt : other.lastAt);
        }
    }

    private final TreeMap<Rule, Count> counts = new TreeMap<>(Comparator.comparingInt(Rule::sourceId)
            .thenComparing(Rule::day)
            .thenComparing(Rule::type)
            .thenComparing(Rule::name)
            .thenComparing(Rule::rule)
            .thenComparingInt(Rule::planVersion));

    void add(OfEvent one) {
        var breach = one.breach();
        for (var rule : breach.rules())
            counts.merge(
                    new Rule(
                            one.sourceId(),
                            LocalDate.ofInstant(one.receivedAt(), ZoneOffset.UTC),
                            breach.type(),
                            Objects.requireNonNullElse(breach.name(), ""),
                            rule,
                            breach.planVersion()),
                    new Count(1, one.receivedAt()),
                    Count::and);
    }

    void write(Connection connection) throws SQLException {
        if (counts.isEmpty()) return;
        try (var statement = connection.prepareStatement("""
                insert into plan_violations (source_id, plan_version, type, name, rule, day, times, last_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (source_id, day, type, name, rule, plan_version) do update
                set times = plan_violations.times + excluded.times,
                    last_at = greatest(plan_violations.last_at, excluded.last_at)
                """)) {
            for (var entry : counts.entrySet()) {
                var rule = entry.getKey();
                statement.setInt(1, rule.sourceId());
                statement.setInt(2, rule.planVersion());
                statement.setString(3, rule.type());
                statement.setString(4, IntakeRows.withoutNul(rule.name()));
                statement.setString(5, IntakeRows.withoutNul(rule.rule()));
                statement.setObject(6, rule.day());
                statement.setLong(7, entry.getValue().times());
                statement.setObject(8, OffsetDateTime.ofInstant(entry.getValue().lastAt(), ZoneOffset.UTC));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
