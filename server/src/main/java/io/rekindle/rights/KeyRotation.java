package io.rekindle.rights;

import io.rekindle.access.AuditTrail;
import io.rekindle.collect.EventLog;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Exchanges the keys everything is sealed with, while the server works. From the first moment on new things are sealed with
 * new keys; what is there is sealed anew, table by table; then, after a time in which whatever was on its way has come to rest
 * and a search that finds nothing under the old keys any more, those are deleted from the key file. How far it is is told by
 * the sealed things themselves, so a server that was killed goes on at its next start.
 */
@Component
public class KeyRotation implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(KeyRotation.class);
    private static final int AT_ONCE = 1_000;
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final PersonalRows rows;
    private final Vault vault;
    private final EventLog log;
    private final SystemClock clock;
    private final AuditTrail audit;
    private final RotationSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private volatile boolean running;
    private volatile @Nullable String failure;
    private volatile @Nullable Thread thread;

    KeyRotation(
            JdbcClient jdbc,
            PlatformTransactionManager transactionManager,
            PersonalRows rows,
            Vault vault,
            EventLog log,
            SystemClock clock,
            AuditTrail audit,
            RotationSettings settings) {
        this.jdbc = jdbc;
        this.transactions = new TransactionTemplate(transactionManager);
        this.rows = rows;
        this.vault = vault;
        this.log = log;
        this.clock = clock;
        this.audit = audit;
        this.settings = settings;
    }

    /**
     * How far an exchange of keys is.
     *
     * @param rotating whether one is under way
     * @param left sealed things that are still under the old keys
     * @param failure why its last try failed; it is tried again
     */
    public record Progress(
            boolean rotating, long left, @Nullable String failure) {}

    public Progress progress() {
        boolean rotating = vault.isRotating();
        return new Progress(rotating, rotating ? left() : 0, failure);
    }

    /** Begins to exchange the keys; nothing more when that is under way. */
    public Progress begin() {
        lock.lock();
        try {
            if (!vault.isRotating()) {
                vault.beginRotation();
                audit.record("keys.rotation_begun", "keys", "everything is sealed anew");
            }
            goOn();
        } finally {
            lock.unlock();
        }
        return progress();
    }

    private void goOn() {
        var at = thread;
        if (at != null && at.isAlive()) return;
        thread = Thread.ofPlatform().name("key-rotation").daemon().start(this::run);
    }

    private void run() {
        var since = clock.instant();
        while (running && vault.isRotating()) {
            try {
                for (var table : rows.tables())
                    for (var column : table.sealed().entrySet()) reseal(table, column.getKey(), column.getValue());
                failure = null;
                // An event's fields that were sealed with the old keys are appended by now.
                log.betweenStagings(() -> true);
                if (left() == 0 && isOver(since)) {
                    vault.endRotation();
                    audit.record("keys.rotated", "keys", "the old keys are deleted");
                    return;
                }
                rest(isOver(since) ? Duration.ofSeconds(1) : settings.grace());
            } catch (RuntimeException e) {
                failure = String.valueOf(e.getMessage());
                LOG.error("the exchange of keys is tried again", e);
                rest(RETRY);
            }
        }
    }

    private boolean isOver(Instant since) {
        return !clock.instant().isBefore(since.plus(settings.grace()));
    }

    private void rest(Duration time) {
        lock.lock();
        try {
            for (long left = time.toNanos(); running && left > 0; ) left = stopped.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        } finally {
            lock.unlock();
        }
    }

    /** Seals anew what one table has under old keys, a piece at a time, so that nobody waits long for a row. */
    private void reseal(PersonalTable table, String column, String context) {
        String from = "(0,0)";
        while (running) {
            var start = from;
            var next = transactions.execute(status -> resealSome(table.name(), column, context, start));
            if (next == null || next.isEmpty()) return;
            from = next;
        }
    }

    /** Names in the statements are constants of our own code. */
    private String resealSome(String table, String column, String context, String from) {
        @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
        record Row(String place, byte[] sealed) {}
        var found = jdbc.sql("""
                        select ctid::text as place, %2$s as sealed from %1$s
                        where ctid > cast(:from as tid) and substring(%2$s from 1 for 4) <> :mark
                        order by ctid limit :most for update
                        """.formatted(table, column))
                .param("from", from)
                .param("mark", vault.presentMark())
                .param("most", AT_ONCE)
                .query((row, n) -> new Row(row.getString("place"), row.getBytes("sealed")))
                .list();
        if (found.isEmpty()) return "";
        var places = new ArrayList<String>();
        var sealed = new ArrayList<byte[]>();
        for (var row : found) {
            var anew = vault.reseal(context, row.sealed());
            if (anew == null) continue;
            places.add(row.place());
            sealed.add(anew);
        }
        if (!places.isEmpty())
            jdbc.sql("""
                            update %1$s set %2$s = x.sealed
                            from unnest(cast(:places as tid[]), :sealed) as x (place, sealed) where %1$s.ctid = x.place
                            """.formatted(table, column))
                    .param("places", new SqlArrayValue("text", places.toArray()))
                    .param("sealed", new SqlArrayValue("bytea", (Object[]) sealed.toArray(byte[][]::new)))
                    .update();
        return found.getLast().place();
    }

    /** What could be opened and is under old keys; what was destroyed stays as it is. */
    private long left() {
        long left = 0;
        for (var table : rows.tables())
            for (var column : table.sealed().keySet()) {
                var count = new long[1];
                jdbc.sql("select %2$s as sealed from %1$s where substring(%2$s from 1 for 4) <> :mark"
                                .formatted(table.name(), column))
                        .param("mark", vault.presentMark())
                        .query(row -> {
                            if (!vault.isDestroyed(row.getBytes("sealed"))) count[0]++;
                        });
                left += count[0];
            }
        return left;
    }

    @Override
    public void start() {
        running = true;
        if (vault.isRotating()) goOn();
    }

    @Override
    public void stop() {
        running = false;
        lock.lock();
        try {
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
        var at = thread;
        if (at == null) return;
        try {
            at.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
