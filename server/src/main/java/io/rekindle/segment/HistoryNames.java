package io.rekindle.segment;

import io.rekindle.platform.SystemClock;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of traits and events in the history: one statement, whose answer is kept for a minute. */
final class HistoryNames {
    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int MOST = 20_000;

    private final Warehouse warehouse;
    private final SystemClock clock;
    private volatile @Nullable Names kept;

    HistoryNames(Warehouse warehouse, SystemClock clock) {
        this.warehouse = warehouse;
        this.clock = clock;
    }

    /**
     * What was seen, each most frequent first.
     *
     * @param complete whether these are all; else a name that is not among them may still exist
     */
    record Names(Map<String, TraitSeen> traits, Map<String, Long> events, boolean complete, Instant readAt) {}

    /** As they were at most a minute ago. */
    Names recent() {
        var recent = kept;
        return recent == null || recent.readAt().plus(KEPT).isBefore(clock.instant()) ? now() : recent;
    }

    /** As they are now. */
    Names now() {
        record Named(boolean trait, String name, long seen, TraitSeen values) {}
        var rows = warehouse.query(
                Sql.of("""
                        select true as is_trait, trait as name, count(*) as seen, count(value) as filled,
                            count(*) filter (where value like '"%') as texts,
                            count(*) filter (where try_cast(trim(value, '"') as double) is not null) as numbers,
                            count(*) filter (where value like '"____-__-__%') as days,
                            count(*) filter (where trim(value, '"') in ('true', 'false')) as flags
                        from trait_changes group by trait
                        union all
                        select false, name, cast(sum(events) as bigint), 0, 0, 0, 0, 0 from event_days
                        where import_id is null or import_id not in (select import_id from imports_undone) group by name
                        order by seen desc, name limit ?
                        """, MOST + 1),
                row -> new Named(
                        row.booleanValue("is_trait"),
                        row.text("name"),
                        row.longValue("seen"),
                        new TraitSeen(
                                row.longValue("filled"),
                                row.longValue("texts"),
                                row.longValue("numbers"),
                                row.longValue("days"),
                                row.longValue("flags"))));
        var traits = new LinkedHashMap<String, TraitSeen>();
        var events = new LinkedHashMap<String, Long>();
        for (var row : rows)
            if (row.trait()) traits.put(row.name(), row.values());
            else events.put(row.name(), row.seen());
        var names = new Names(traits, events, rows.size() <= MOST, clock.instant());
        kept = names;
        return names;
    }
}
