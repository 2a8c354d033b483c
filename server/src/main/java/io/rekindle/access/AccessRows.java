package io.rekindle.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * Writes looks down. Those that come while others are being written go together: one statement, one commit. Whoever holds
 * the lock writes for all who wait for it, so that a look alone waits for nobody.
 */
final class AccessRows {
    private static final int MOST_AT_ONCE = 500;
    /** The names of a JSON array; null when it has none. */
    static final String NAMES = "(select array_agg(name) from jsonb_array_elements_text(cast(%s as jsonb)) as name)";

    private final JdbcClient jdbc;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();

    AccessRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A look that is to be written; its fields change only under the lock. */
    private static final class Waiting {
        private final AccessRow row;
        private boolean done;
        private @Nullable Throwable failed;

        private Waiting(AccessRow row) {
            this.row = row;
        }
    }

    /** Writes one look in the transaction of now. */
    void insert(AccessRow row) {
        jdbc.sql("""
                        insert into person_accesses (at, actor, customer_id, what, fields, reason)
                        values (:at, :actor, :customer, :what, %s, :reason)
                        """.formatted(NAMES.formatted(":fields")))
                .param("at", row.at())
                .param("actor", row.actor())
                .param("customer", row.customer())
                .param("what", row.what())
                .param("fields", row.fields())
                .param("reason", row.reason(), java.sql.Types.VARCHAR)
                .update();
    }

    /** Writes one look, durable when this returns; not for use within a transaction. */
    void insertWithOthers(AccessRow row) {
        var own = new Waiting(row);
        queue.add(own);
        writing.lock();
        try {
            while (!own.done) write(next());
        } finally {
            writing.unlock();
        }
        switch (own.failed) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(own.failed);
        }
    }

    private List<Waiting> next() {
        var next = new ArrayList<Waiting>();
        for (var one = queue.poll(); one != null; one = next.size() < MOST_AT_ONCE ? queue.poll() : null) next.add(one);
        return next;
    }

    private void write(List<Waiting> looks) {
        try {
            if (looks.size() > 1) insert(looks);
            else insert(looks.getFirst().row);
        } catch (DataIntegrityViolationException e) {
            if (looks.size() > 1) {
                // Something of one of them cannot be stored: each to its own end.
                for (int i = 0; i < looks.size(); i++) write(looks.subList(i, i + 1));
                return;
            }
            looks.getFirst().failed = e;
        } catch (RuntimeException | Error e) {
            for (int i = 0; i < looks.size(); i++) looks.get(i).failed = e;
        }
        for (int i = 0; i < looks.size(); i++) looks.get(i).done = true;
    }

    private void insert(List<Waiting> looks) {
        jdbc.sql("""
                        insert into person_accesses (at, actor, customer_id, what, fields, reason)
                        select at, actor, customer, what, %s, nullif(reason, '')
                        from unnest(:at, :actor, :customer, :what, :fields, :reason)
                            as look (at, actor, customer, what, fields, reason)
                        """.formatted(NAMES.formatted("fields")))
                .param("at", column("timestamptz", looks, AccessRow::at))
                .param("actor", column("text", looks, AccessRow::actor))
                .param("customer", column("bigint", looks, AccessRow::customer))
                .param("what", column("text", looks, AccessRow::what))
                .param("fields", column("text", looks, AccessRow::fields))
                .param("reason", column("text", looks, row -> Objects.requireNonNullElse(row.reason(), "")))
                .update();
    }

    private static SqlArrayValue column(String type, List<Waiting> looks, Function<AccessRow, Object> value) {
        return new SqlArrayValue(
                type, looks.stream().map(look -> value.apply(look.row)).toArray());
    }
}
