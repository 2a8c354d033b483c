package io.rekindle.collect.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** What a group leaves in PostgreSQL: personal fields, rejected items, counts of duplicates; one transaction. */
final class IntakeRows {
    private static final byte[] COPY_HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private final DataSource database;

    IntakeRows(DataSource database) {
        this.database = database;
    }

    /** One event's sealed fields and its place. */
    @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
    record Personal(long seq, byte[] sealed) {}

    void write(List<Personal> personal, List<RejectedItem> rejected, Map<Integer, Integer> duplicates) {
        if (personal.isEmpty() && rejected.isEmpty() && duplicates.isEmpty()) return;
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!personal.isEmpty()) copy(connection, personal);
                if (!rejected.isEmpty()) insert(connection, rejected);
                if (!duplicates.isEmpty()) count(connection, new TreeMap<>(duplicates));
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

    private static void insert(Connection connection, List<RejectedItem> items) throws SQLException {
        record Digest(int source, long digest) {}
        // The driver makes one statement of a batch, and that may touch no row twice.
        var times = new HashMap<Digest, Integer>();
        var first = new ArrayList<RejectedItem>();
        for (var item : items)
            if (times.merge(new Digest(item.sourceId(), item.digest()), 1, Integer::sum) == 1) first.add(item);
        try (var statement = connection.prepareStatement("""
                insert into rejected_items (source_id, digest, reason, detail, rejected_at, sealed, times)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (source_id, digest) do update set times = rejected_items.times + excluded.times
                """)) {
            for (var item : first) {
                statement.setInt(1, item.sourceId());
                statement.setLong(2, item.digest());
                statement.setString(3, item.reason());
                statement.setString(4, withoutNul(item.detail()));
                statement.setObject(5, OffsetDateTime.ofInstant(item.rejectedAt(), ZoneOffset.UTC));
                statement.setBytes(6, item.sealed());
                statement.setInt(7, times.getOrDefault(new Digest(item.sourceId(), item.digest()), 1));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** PostgreSQL's text takes every character but this one. */
    private static @Nullable String withoutNul(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "\\u0000");
    }

    private static void count(Connection connection, Map<Integer, Integer> duplicates) throws SQLException {
        try (var statement =
                connection.prepareStatement("update sources set duplicates = duplicates + ? where id = ?")) {
            for (var entry : duplicates.entrySet()) {
                statement.setInt(1, entry.getValue());
                statement.setInt(2, entry.getKey());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
