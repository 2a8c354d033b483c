package io.rekindle.collect.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** What a group leaves in PostgreSQL: personal fields, rejected items, counts of duplicates; one transaction. */
final class IntakeRows {
    private static final byte[] COPY_HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private final DataSource database;
    private final ZoneId zone;

    /** @param zone in which days are counted */
    IntakeRows(DataSource database, ZoneId zone) {
        this.database = database;
        this.zone = zone;
    }

    /** What is counted by. */
    record SourceDay(int sourceId, LocalDate day) {
        static final Comparator<SourceDay> ORDER =
                Comparator.comparingInt(SourceDay::sourceId).thenComparing(SourceDay::day);
    }

    SourceDay dayOf(int sourceId, Instant at) {
        return new SourceDay(sourceId, LocalDate.ofInstant(at, zone));
    }

    /** One event's sealed fields and its place. */
    @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
    record Personal(long seq, byte[] sealed) {}

    /** What one group leaves. */
    record OfGroup(
            List<Personal> personal,
            List<RejectedItem> rejected,
            List<QuarantinedItem> quarantined,
            List<PlanBreaches.OfEvent> breaches,
            Map<SourceDay, Integer> duplicates) {
        boolean isEmpty() {
            return personal.isEmpty()
                    && rejected.isEmpty()
                    && quarantined.isEmpty()
                    && duplicates.isEmpty()
                    && breaches.isEmpty();
        }
    }

    /** In one transaction, committed on return. */
    void write(OfGroup group) {
        if (group.isEmpty()) return;
        var rejected = group.rejected();
        var duplicates = group.duplicates();
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!group.personal().isEmpty()) copy(connection, group.personal());
                var counts = new PlanBreaches();
                group.breaches().forEach(counts::add);
                if (!rejected.isEmpty()) insert(connection, rejected, counts);
                var setAside = new TreeMap<SourceDay, Integer>(SourceDay.ORDER);
                if (!group.quarantined().isEmpty()) setAside(connection, group.quarantined(), counts, setAside);
                counts.write(connection);
                if (!duplicates.isEmpty()) count(connection, duplicates);
                var byDay = new TreeMap<SourceDay, Integer>(SourceDay.ORDER);
                for (var item : rejected) byDay.merge(dayOf(item.sourceId(), item.rejectedAt()), 1, Integer::sum);
                countByDay(connection, "duplicate", duplicates);
                countByDay(connection, "rejected", byDay);
                countByDay(connection, "set_aside", setAside);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "personal fields and rejected items cannot be stored: " + e.getMessage(), e);
        }
    }

    /** How far the furthest tail has taken the log up; 0 when none has begun. */
    long furthestTail() {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select coalesce(max(seq), 0) as seq from tail_offsets")) {
            row.next();
            return row.getLong("seq");
        } catch (SQLException e) {
            throw new IllegalStateException("the tails' places cannot be read", e);
        }
    }

    /** Takes away personal fields of events that are not in the log: their group was never committed. */
    void deleteBeyond(long lastSeq) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("delete from intake_personal where seq > ?")) {
            statement.setLong(1, lastSeq);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("personal fields of an unfinished group cannot be deleted", e);
        }
    }

    private static void copy(Connection connection, List<Personal> rows) throws SQLException {
        var bytes = new ByteArrayOutputStream(128 * rows.size());
        try (var out = new DataOutputStream(bytes)) {
            out.write(COPY_HEADER);
            for (var row : rows) {
                out.writeShort(2);
                out.writeInt(Long.BYTES);
                out.writeLong(row.seq());
                out.writeInt(row.sealed().length);
                out.write(row.sealed());
            }
            out.writeShort(-1);
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "copy intake_personal (seq, sealed) from stdin with (format binary)",
                            new ByteArrayInputStream(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void insert(Connection connection, List<RejectedItem> items, PlanBreaches counts)
            throws SQLException {
        record Digest(int source, long digest) {}
        var times = new HashMap<Digest, Integer>();
        var first = new LinkedHashMap<Digest, RejectedItem>();
        for (var item : items) {
            var digest = new Digest(item.sourceId(), item.digest());
            times.merge(digest, 1, Integer::sum);
            first.putIfAbsent(digest, item);
        }
        var rows = List.copyOf(first.entrySet());
        try (var statement = connection.prepareStatement("""
                insert into rejected_items as old (source_id, digest, reason, detail, rejected_at, last_at, sealed, times)
                select source, digest, reason, detail, at, at, sealed, times
                from unnest(?::integer[], ?::bigint[], ?::text[], ?::text[], ?::timestamptz[], ?::bytea[], ?::bigint[])
                    as t (source, digest, reason, detail, at, sealed, times)
                on conflict (source_id, digest) do update set times = old.times + excluded.times,
                    last_at = greatest(old.last_at, excluded.last_at),
                    sealed = case when old.last_at < excluded.last_at - interval '1 day' then excluded.sealed else old.sealed end
                returning source_id, digest, xmax = 0 as is_new
                """)) {
            statement.setArray(
                    1, array(connection, "integer", rows, row -> row.getKey().source()));
            statement.setArray(
                    2, array(connection, "bigint", rows, row -> row.getKey().digest()));
            statement.setArray(
                    3, array(connection, "text", rows, row -> row.getValue().reason()));
            statement.setArray(
                    4,
                    array(
                            connection,
                            "text",
                            rows,
                            row -> withoutNul(row.getValue().detail())));
            statement.setArray(
                    5,
                    array(
                            connection,
                            "timestamptz",
                            rows,
                            row -> at(row.getValue().rejectedAt())));
            statement.setArray(6, sealed(connection, rows, row -> row.getValue().sealed()));
            statement.setArray(7, array(connection, "bigint", rows, row -> (long) times.getOrDefault(row.getKey(), 1)));
            try (var written = statement.executeQuery()) {
                while (written.next()) {
                    var item = first.get(new Digest(written.getInt("source_id"), written.getLong("digest")));
                    if (item != null && item.breach() != null && written.getBoolean("is_new"))
                        counts.add(new PlanBreaches.OfEvent(item.sourceId(), item.rejectedAt(), item.breach()));
                }
            }
        }
    }

    /** What stands there already, or went into the log from there, stays as it is. */
    private void setAside(
            Connection connection, List<QuarantinedItem> items, PlanBreaches counts, Map<SourceDay, Integer> byDay)
            throws SQLException {
        record Place(int source, Fingerprint fingerprint) {}
        var first = new LinkedHashMap<Place, QuarantinedItem>();
        for (var item : items) first.putIfAbsent(new Place(item.sourceId(), item.fingerprint()), item);
        var rows = List.copyOf(first.values());
        try (var statement = connection.prepareStatement("""
                insert into quarantined_items (source_id, id_high, id_low, message_id, plan_version, type, name, rules,
                    identifiers, occurred_at, received_at, sealed, state)
                select source, high, low, message, version, type, name, string_to_array(rules, e'\\n'),
                    string_to_array(identifiers, ',')::bigint[], occurred, received, sealed, 'waiting'
                from unnest(?::integer[], ?::bigint[], ?::bigint[], ?::text[], ?::integer[], ?::text[], ?::text[], ?::text[],
                    ?::text[], ?::timestamptz[], ?::timestamptz[], ?::bytea[])
                    as t (source, high, low, message, version, type, name, rules, identifiers, occurred, received, sealed)
                on conflict (source_id, id_high, id_low) do nothing
                returning source_id, id_high, id_low
                """)) {
            statement.setArray(1, array(connection, "integer", rows, QuarantinedItem::sourceId));
            statement.setArray(
                    2,
                    array(connection, "bigint", rows, row -> row.fingerprint().high()));
            statement.setArray(
                    3,
                    array(connection, "bigint", rows, row -> row.fingerprint().low()));
            statement.setArray(4, array(connection, "text", rows, row -> withoutNul(row.messageId())));
            statement.setArray(
                    5, array(connection, "integer", rows, row -> row.breach().planVersion()));
            statement.setArray(
                    6, array(connection, "text", rows, row -> row.breach().type()));
            statement.setArray(7, array(connection, "text", rows, row -> {
                var name = row.breach().name();
                return name == null ? null : withoutNul(name);
            }));
            statement.setArray(
                    8,
                    array(
                            connection,
                            "text",
                            rows,
                            row -> withoutNul(String.join("\n", row.breach().rules()))));
            statement.setArray(
                    9,
                    array(
                            connection,
                            "text",
                            rows,
                            row -> row.identifiers().stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(","))));
            statement.setArray(10, array(connection, "timestamptz", rows, row -> at(row.occurredAt())));
            statement.setArray(11, array(connection, "timestamptz", rows, row -> at(row.receivedAt())));
            statement.setArray(12, sealed(connection, rows, QuarantinedItem::sealed));
            try (var written = statement.executeQuery()) {
                while (written.next()) {
                    var item = first.get(new Place(
                            written.getInt("source_id"),
                            new Fingerprint(written.getLong("id_high"), written.getLong("id_low"))));
                    if (item == null) continue;
                    counts.add(new PlanBreaches.OfEvent(item.sourceId(), item.receivedAt(), item.breach()));
                    byDay.merge(dayOf(item.sourceId(), item.receivedAt()), 1, Integer::sum);
                }
            }
        }
    }

    private static <T> Array array(
            Connection connection, String type, List<T> rows, Function<T, @Nullable Object> value) throws SQLException {
        var values = new @Nullable Object[rows.size()];
        for (int i = 0; i < values.length; i++) values[i] = value.apply(rows.get(i));
        return connection.createArrayOf(type, values);
    }

    private static <T> Array sealed(Connection connection, List<T> rows, Function<T, byte[]> value)
            throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(value).toArray(byte[][]::new));
    }

    private static OffsetDateTime at(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    /** PostgreSQL's text takes every character but this one. */
    static String withoutNul(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "\\u0000");
    }

    private static void countByDay(Connection connection, String fate, Map<SourceDay, Integer> items)
            throws SQLException {
        if (items.isEmpty()) return;
        try (var statement = connection.prepareStatement("""
                insert into intake_days as old (source_id, day, fate, items) values (?, ?, ?, ?)
                on conflict (source_id, day, fate) do update set items = old.items + excluded.items
                """)) {
            for (var entry : items.entrySet()) {
                statement.setInt(1, entry.getKey().sourceId());
                statement.setObject(2, entry.getKey().day());
                statement.setString(3, fate);
                statement.setLong(4, entry.getValue());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void count(Connection connection, Map<SourceDay, Integer> duplicates) throws SQLException {
        try (var statement =
                connection.prepareStatement("update sources set duplicates = duplicates + ? where id = ?")) {
            for (var entry : duplicates.entrySet()) {
                statement.setInt(1, entry.getValue());
                statement.setInt(2, entry.getKey().sourceId());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
