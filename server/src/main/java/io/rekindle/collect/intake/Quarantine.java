package io.rekindle.collect.intake;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Sources.Source;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.StagedCall;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.collect.tracking.RepairStep;
import io.rekindle.collect.tracking.TrackingPlans;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Items set aside because they broke a plan: shown, repaired and replayed, or thrown away. A replayed item goes the way of
 * any other, through the reader of calls, under its own message id and time; whatever ends in between, it is in the log
 * once: what the history has already is only marked.
 */
@Component
public class Quarantine {
    /** Why an item stays for good: it was sealed for somebody who was erased, or came back with a backup. */
    private static final String KEY_DESTROYED = "key_destroyed";

    private static final int AT_A_TIME = 500;
    private static final int MOST_A_CALL = 50_000;
    /** Numbers are to come out as they went in. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Sources sources;
    private final TrackingPlans plans;
    private final Identifiers identifiers;
    private final CommitLog log;
    private final Vault vault;
    private final Tombstones tombstones;
    private final BusinessClock business;
    private final SystemClock clock;
    private final SourceFields fields;
    private final AuditTrail audit;
    private final AccessLog accesses;
    private final String currency;
    private final ReentrantLock replaying = new ReentrantLock();

    Quarantine(
            JdbcClient jdbc,
            Warehouse warehouse,
            Sources sources,
            TrackingPlans plans,
            Identifiers identifiers,
            CommitLog log,
            Vault vault,
            Tombstones tombstones,
            BusinessClock business,
            SystemClock clock,
            SourceFields fields,
            AuditTrail audit,
            AccessLog accesses,
            PlatformSettings platform) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.sources = sources;
        this.plans = plans;
        this.identifiers = identifiers;
        this.log = log;
        this.vault = vault;
        this.tombstones = tombstones;
        this.business = business;
        this.clock = clock;
        this.fields = fields;
        this.audit = audit;
        this.accesses = accesses;
        this.currency = platform.currency();
    }

    /**
     * Which of the items that wait; all of them when nothing is said.
     *
     * @param name of the event
     * @param unnamed whether only calls without a name are meant
     * @param rule one of those it broke
     * @param rules exactly those it broke, in the order of {@link Kind#rules}
     */
    public record Which(
            @Nullable List<Long> ids,
            @Nullable String type,
            @Nullable String name,
            @Nullable Boolean unnamed,
            @Nullable String rule,
            @Nullable List<String> rules) {
        public static final Which ALL = new Which(null, null, null, null, null, null);
    }

    /**
     * An item that waits.
     *
     * @param item as it came; null for a caller who may not see personal data, and when its key was destroyed
     */
    public record Held(
            long id,
            String messageId,
            int planVersion,
            String type,
            @Nullable String name,
            List<String> rules,
            Instant occurredAt,
            Instant receivedAt,
            @Nullable String item) {}

    /** How many items share what they are and what they broke. */
    public record Kind(
            String type, @Nullable String name, List<String> rules, long items, Instant firstAt, Instant lastAt) {}

    /** Why items stay where they are: a rule they still break, or a reason for which intake rejects them. */
    public record Left(String why, long items) {}

    /**
     * What a replay did, or would do.
     *
     * @param looked items looked at
     * @param replayed of these, how many are in the log now; when trying, how many would be
     * @param known how many the log had already under their message ids
     * @param left why others stay
     * @param nextCursor where the next call goes on, past those that stay; null when all were looked at
     */
    public record Replay(
            boolean dryRun,
            long looked,
            long replayed,
            long known,
            List<Left> left,
            @Nullable String nextCursor) {}

    /** The item a call ended with: items are looked at in the order of their time. */
    private record Place(Instant occurredAt, long id) {
        static final Place START = new Place(Instant.EPOCH.minusSeconds(1), 0);

        static Place of(@Nullable String cursor) {
            if (cursor == null || cursor.isEmpty()) return START;
            try {
                var parts = cursor.split("_", 2);
                return new Place(
                        Instant.EPOCH.plus(Long.parseLong(parts[0]), ChronoUnit.MICROS), Long.parseLong(parts[1]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw Problem.invalid("cursor_invalid", "'{cursor}' is no cursor of this list")
                        .with("cursor", cursor);
            }
        }

        String cursor() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, occurredAt) + "_" + id;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
    private record Row(long id, Instant occurredAt, Instant receivedAt, String messageId, byte[] sealed) {}

    /** Latest first. */
    public Page<Held> list(int sourceId, Which which, long below, int limit) {
        boolean inClear = accesses.showsClear(Caller.current());
        var rows = where(
                        sourceId,
                        which,
                        "select * from quarantined_items where",
                        "and id < :below order by id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query((row, n) -> new Held(
                        row.getLong("id"),
                        row.getString("message_id"),
                        row.getInt("plan_version"),
                        row.getString("type"),
                        row.getString("name"),
                        texts(row.getArray("rules")),
                        at(row, "occurred_at"),
                        at(row, "received_at"),
                        inClear && !vault.isDestroyed(row.getBytes("sealed"))
                                ? JSON.readTree(vault.open(BatchReader.SEALED_AS, row.getBytes("sealed")))
                                        .path("item")
                                        .asString("")
                                : null))
                .list();
        if (inClear && !rows.isEmpty()) accesses.lookedAtSomebody("quarantined items");
        return Page.of(rows, limit, held -> Long.toString(held.id()));
    }

    /** What waits, by what it is and what it broke; most first. */
    public List<Kind> kinds(int sourceId, int limit) {
        return jdbc.sql("""
                        select type, name, rules, count(*) as items, min(occurred_at) as first_at, max(occurred_at) as last_at
                        from quarantined_items where source_id = :source and state = 'waiting'
                        group by type, name, rules order by items desc, last_at desc limit :limit
                        """)
                .param("source", sourceId)
                .param("limit", limit)
                .query((row, n) -> new Kind(
                        row.getString("type"),
                        row.getString("name"),
                        texts(row.getArray("rules")),
                        row.getLong("items"),
                        at(row, "first_at"),
                        at(row, "last_at")))
                .list();
    }

    /** How many items of a source wait. */
    public long waiting(int sourceId) {
        return jdbc.sql("select count(*) from quarantined_items where source_id = :source and state = 'waiting'")
                .param("source", sourceId)
                .query(Long.class)
                .single();
    }

    /**
     * Throws items away for good; how many there were. Nothing shows them any more; sealed they stay until their time is
     * over, and their keys go with them then: so whoever is erased meanwhile is erased from them, in every backup too.
     */
    public long discard(int sourceId, Which which) {
        var source = sources.requireOpen(sourceId);
        replaying.lock();
        try {
            long discarded = where(
                            sourceId,
                            which,
                            "update quarantined_items set state = 'discarded', settled_at = :at, settled_by = :by where",
                            "")
                    .param("at", now())
                    .param("by", Caller.current().name())
                    .update();
            audit.record(
                    "quarantine.discarded", "source " + sourceId, "'%s': %d items".formatted(source.name(), discarded));
            return discarded;
        } finally {
            replaying.unlock();
        }
    }

    /**
     * Takes items in after these steps, in the order in which they happened, as far as they then are what the plan in force
     * asks for; the others stay.
     *
     * @param dryRun whether only to tell what would be
     * @param cursor where the call before ended; null to begin with the first
     */
    public Replay replay(int sourceId, Which which, List<RepairStep> steps, boolean dryRun, @Nullable String cursor) {
        var source = sources.requireOpen(sourceId);
        replaying.lock();
        try {
            var done = new Tally();
            var place = Place.of(cursor);
            boolean all = false;
            while (!all && done.looked < MOST_A_CALL) {
                var rows = next(sourceId, which, place);
                all = rows.size() < AT_A_TIME;
                if (rows.isEmpty()) break;
                place = new Place(rows.getLast().occurredAt(), rows.getLast().id());
                var opening = rows.stream()
                        .filter(row -> !vault.isDestroyed(row.sealed()))
                        .toList();
                done.leave(KEY_DESTROYED, rows.size() - opening.size());
                if (!opening.isEmpty()) take(source, opening, steps, dryRun, done);
            }
            if (!dryRun)
                audit.record(
                        "quarantine.replayed",
                        "source " + sourceId,
                        "'%s': %d items of %d, %d steps"
                                .formatted(source.name(), done.replayed, done.looked, steps.size()));
            return done.told(dryRun, all ? null : place.cursor());
        } finally {
            replaying.unlock();
        }
    }

    private static final class Tally {
        private final Map<String, Long> left = new TreeMap<>();
        private long looked;
        private long replayed;
        private long known;

        void leave(String why, long items) {
            if (items == 0) return;
            looked += items;
            left.merge(why, items, Long::sum);
        }

        Replay told(boolean dryRun, @Nullable String nextCursor) {
            var why = left.entrySet().stream()
                    .map(entry -> new Left(entry.getKey(), entry.getValue()))
                    .sorted((a, b) -> Long.compare(b.items(), a.items()))
                    .toList();
            return new Replay(dryRun, looked, replayed, known, why, nextCursor);
        }
    }

    private List<Row> next(int sourceId, Which which, Place after) {
        return where(
                        sourceId,
                        which,
                        "select id, occurred_at, received_at, message_id, sealed from quarantined_items where",
                        "and (occurred_at, id) > (:at, :id) order by occurred_at, id limit :limit")
                .param("at", OffsetDateTime.ofInstant(after.occurredAt(), ZoneOffset.UTC))
                .param("id", after.id())
                .param("limit", AT_A_TIME)
                .query((row, n) -> new Row(
                        row.getLong("id"),
                        at(row, "occurred_at"),
                        at(row, "received_at"),
                        row.getString("message_id"),
                        row.getBytes("sealed")))
                .list();
    }

    private void take(Source source, List<Row> rows, List<RepairStep> steps, boolean dryRun, Tally done) {
        log.staging(() -> {
            takeNow(source, rows, steps, dryRun, done);
            return true;
        });
    }

    private void takeNow(Source source, List<Row> rows, List<RepairStep> steps, boolean dryRun, Tally done) {
        var batch = JSON.createObjectNode();
        var items = batch.putArray("batch");
        for (var row : rows) items.add(repaired(row, steps));
        var receivedAt = business.instant().truncatedTo(ChronoUnit.MICROS);
        var staged = BatchReader.readAgain(JSON.writeValueAsBytes(batch), fields.of(source))
                .stage(source, plans.inForce(source.id()), receivedAt, identifiers, log, vault, tombstones, currency);
        var inHistory = inHistory(source.id(), rows);
        var events = new ArrayList<StagedEvent>();
        var settled = new ArrayList<Long>();
        for (int i = 0; i < rows.size(); i++) {
            var fate = staged.items().get(i);
            var row = rows.get(i);
            done.looked++;
            if (inHistory.contains(row.messageId())) {
                done.known++;
                settled.add(row.id());
            } else if (fate.fate() != BatchReader.Fate.TAKEN) {
                left(staged, fate).forEach(why -> done.left.merge(why, 1L, Long::sum));
            } else {
                // In the mode that only observes it is taken whatever it breaks: that is what the mode says.
                events.add(staged.call().events().get(fate.index()));
                settled.add(row.id());
            }
        }
        if (dryRun) {
            done.replayed += events.size();
            return;
        }
        var fresh = log.append(new StagedCall(events, List.of(), List.of(), Map.of()));
        done.replayed += fresh.accepted();
        done.known += events.size() - fresh.accepted();
        jdbc.sql("""
                        update quarantined_items set state = 'replayed', settled_at = :at, settled_by = :by
                        where id = any(:ids)
                        """)
                .param("at", now())
                .param("by", Caller.current().name())
                .param("ids", settled.toArray(Long[]::new))
                .update();
    }

    private static List<String> left(BatchReader.Staged staged, BatchReader.ItemFate fate) {
        if (fate.fate() == BatchReader.Fate.QUARANTINED)
            return staged.call().quarantined().get(fate.index()).breach().rules();
        return List.of(String.valueOf(fate.reason()));
    }

    /** The item as a call would bring it: with its own time and message id, the call's context in it. */
    private ObjectNode repaired(Row row, List<RepairStep> steps) {
        var kept = JSON.readTree(vault.open(BatchReader.SEALED_AS, row.sealed()));
        var item = (ObjectNode) JSON.readTree(kept.path("item").asString(""));
        item.set("type", kept.path("type"));
        item.set("messageId", kept.path("messageId"));
        item.remove(List.of("originalTimestamp", "sentAt"));
        item.set("timestamp", kept.path("occurredAt"));
        if (kept.path("context").isString()) {
            var context = (ObjectNode) JSON.readTree(kept.path("context").asString(""));
            if (item.get("context") instanceof ObjectNode own) context.setAll(own);
            item.set("context", context);
        }
        for (var step : steps) step.apply(item);
        return item;
    }

    /** What came again in a form that fits, or was replayed just before an end that left it unmarked. */
    private Set<String> inHistory(int sourceId, List<Row> rows) {
        var ids = rows.stream().map(Row::messageId).toList();
        var since = rows.stream().map(Row::receivedAt).min(Instant::compareTo).orElseThrow();
        var places = ids.stream().map(id -> Sql.of("?", id)).toList();
        return new HashSet<>(warehouse.query(
                Sql.of(
                                "select message_id from events where source_id = ? and received_at >= ? and message_id in (",
                                sourceId,
                                since)
                        .then(Sql.join(", ", places))
                        .then(")"),
                row -> row.text("message_id")));
    }

    private JdbcClient.StatementSpec where(int sourceId, Which which, String before, String after) {
        var ids = which.ids();
        var rules = which.rules();
        return jdbc.sql("""
                        %s source_id = :source and state = 'waiting'
                            and (:ids::bigint[] is null or id = any(:ids::bigint[]))
                            and (:type::text is null or type = :type) and (:name::text is null or name = :name)
                            and (not :unnamed or name is null)
                            and (:rule::text is null or :rule = any(rules))
                            and (:rules::text[] is null or rules = :rules::text[])
                        %s
                        """.formatted(before, after))
                .param("source", sourceId)
                .param("ids", ids == null ? null : ids.toArray(Long[]::new))
                .param("type", which.type())
                .param("name", which.name())
                .param("unnamed", Boolean.TRUE.equals(which.unnamed()))
                .param("rule", which.rule())
                .param("rules", rules == null ? null : rules.toArray(String[]::new));
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static Instant at(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }
}
