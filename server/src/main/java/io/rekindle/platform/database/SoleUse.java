package io.rekindle.platform.database;

import io.rekindle.platform.Problem;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL, one server. A session lock, held by a connection of its own for as long as the server lives, keeps
 * every other server and every restore out; PostgreSQL gives it up by itself when this process dies. When the connection
 * is lost, the lock is taken again; when another server has it by then, this one must end.
 *
 * <p>The lock is of the schema the URL leads to. It needs a session of its own: a pooler in front of PostgreSQL that
 * shares sessions between transactions takes it away.
 */
final class SoleUse implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoleUse.class);
    /** The lock's first number; the second tells schemas apart. Pairs never meet the single numbers used elsewhere. */
    private static final int SPACE = 0x52656b69;

    private static final int OLDEST_VERSION = 15;
    private static final int LONGEST_NAME = 63;
    /** A server that was killed a moment ago may still be missed by PostgreSQL. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int ANSWER_WITHIN_SECONDS = 10;

    private final String url;
    private final Properties properties = new Properties();
    private final String place;
    private final Path data;
    private final Consumer<Problem> ended;
    private volatile boolean closing;
    private @Nullable Connection holder;
    private int holderPid;
    private @Nullable Thread watcher;

    private SoleUse(
            String url,
            @Nullable String user,
            @Nullable String password,
            String place,
            Path data,
            Consumer<Problem> ended) {
        this.url = url;
        this.place = place;
        this.data = data.toAbsolutePath().normalize();
        this.ended = ended;
        if (user != null) properties.setProperty("user", user);
        if (password != null) properties.setProperty("password", password);
        properties.setProperty("tcpKeepAlive", "true");
        var name =
                "rekindle %s %s".formatted(ManagementFactory.getRuntimeMXBean().getName(), this.data);
        properties.setProperty("ApplicationName", name.substring(0, Math.min(LONGEST_NAME, name.length())));
    }

    /**
     * Takes the lock or fails with a {@link Problem} {@code database_in_use} that names both servers.
     *
     * @param place the database for a message, without its password
     * @param data this server's data folder, by which the other side is told who holds the lock
     * @param ended told at most once, when another server has taken the lock after this one's connection was lost
     */
    static SoleUse take(
            String url,
            @Nullable String user,
            @Nullable String password,
            String place,
            Path data,
            Consumer<Problem> ended)
            throws SQLException {
        var use = new SoleUse(url, user, password, place, data, ended);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var other = use.tryTake();
            if (other == null) break;
            if (System.nanoTime() > deadline)
                throw Problem.conflict(
                        "database_in_use",
                        "the PostgreSQL at %s is used by another server (%s); stop that one, or give this one (data folder %s) a database of its own with REKINDLE_DATABASE_URL"
                                .formatted(place, other.words(), use.data));
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
        use.watcher = Thread.ofPlatform().daemon().name("sole-use").start(use::watch);
        return use;
    }

    /** Refuses a PostgreSQL Rekindle cannot live in, before anything is written into it. */
    void requireFit() {
        try (var connection = DriverManager.getConnection(url, properties);
                var statement = connection.createStatement();
                var row = statement.executeQuery("""
                        select current_user as role, current_database() as database, current_schema() as schema,
                            current_setting('server_encoding') as encoding,
                            current_setting('server_version_num')::int / 10000 as version,
                            has_schema_privilege(current_schema(), 'CREATE') as may_create
                        """)) {
            row.next();
            var database = row.getString("database");
            if (row.getInt("version") < OLDEST_VERSION)
                throw unfit("PostgreSQL %d serves it; %d or newer is needed"
                        .formatted(row.getInt("version"), OLDEST_VERSION));
            if (!row.getString("encoding").equals("UTF8"))
                throw unfit(
                        "the database %s has the encoding %s and UTF8 is needed: create database … template template0 encoding 'UTF8'"
                                .formatted(database, row.getString("encoding")));
            if (row.getString("schema") == null)
                throw unfit("the role %s has no schema to work in: create one, or name it with ?currentSchema=…"
                        .formatted(row.getString("role")));
            if (!row.getBoolean("may_create"))
                throw unfit(
                        "the role %1$s may not create tables in the schema %2$s: make %1$s the owner of the database, or grant create on schema %2$s to %1$s"
                                .formatted(row.getString("role"), row.getString("schema")));
        } catch (SQLException e) {
            throw unfit(String.valueOf(e.getMessage()));
        }
    }

    private Problem unfit(String why) {
        return new Problem(
                Problem.Kind.UNAVAILABLE,
                "database_unfit",
                "the PostgreSQL at %s cannot be used: %s".formatted(place, why),
                List.of());
    }

    /** Who holds the lock. */
    private record Other(int pid, String words) {
        private static final Other UNKNOWN = new Other(0, "unknown");
    }

    /** Null when the lock is ours now. */
    private @Nullable Other tryTake() throws SQLException {
        var connection = DriverManager.getConnection(url, properties);
        boolean ours = false;
        try (var statement = connection.createStatement()) {
            // So that PostgreSQL misses a machine that is cut off within a minute, not within two hours.
            statement.execute(
                    "set tcp_keepalives_idle = 20; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3");
            try (var row = statement.executeQuery(
                    "select pg_try_advisory_lock(%d, hashtext(coalesce(current_schema(), '')) & 2147483647) as ours, pg_backend_pid() as pid"
                            .formatted(SPACE))) {
                row.next();
                ours = row.getBoolean("ours");
                if (ours) {
                    holder = connection;
                    holderPid = row.getInt("pid");
                    return null;
                }
            }
            try (var row = statement.executeQuery("""
                    select l.pid, coalesce(a.application_name, '?') as name, coalesce(host(a.client_addr), 'local') as address
                    from pg_locks l left join pg_stat_activity a on a.pid = l.pid
                    where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = %d::oid
                      and l.objid = (hashtext(coalesce(current_schema(), '')) & 2147483647)::oid
                      and l.database = (select oid from pg_database where datname = current_database())
                    """.formatted(SPACE))) {
                if (!row.next()) return Other.UNKNOWN;
                return new Other(
                        row.getInt("pid"), "%s, from %s".formatted(row.getString("name"), row.getString("address")));
            }
        } finally {
            if (!ours) connection.close();
        }
    }

    private void watch() {
        while (!closing) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            var current = holder;
            if (closing || current == null) return;
            try {
                if (current.isValid(ANSWER_WITHIN_SECONDS)) continue;
                current.close();
            } catch (SQLException e) {
                LOG.debug("closing a lost connection", e);
            }
            if (closing) return;
            LOG.warn(
                    "the connection that keeps other servers out of the PostgreSQL at {} was lost; taking it again",
                    place);
            if (!takenAgain()) return;
        }
    }

    /** Tries until PostgreSQL answers; whether the lock is ours again. */
    private boolean takenAgain() {
        int lostPid = holderPid;
        boolean told = false;
        while (!closing) {
            try {
                var other = tryTake();
                if (other == null) {
                    if (closing) close();
                    LOG.warn("the PostgreSQL at {} is this server's alone again", place);
                    return true;
                }
                // Our own session may live on for a while on a PostgreSQL that was cut off from us.
                if (other.pid() != lostPid && other.pid() != 0) {
                    var problem = Problem.conflict(
                            "database_taken_over",
                            "another server (%s) has taken the PostgreSQL at %s while this one (data folder %s) had lost its connection; this one has stopped serving: stop the other one before it is started again"
                                    .formatted(other.words(), place, data));
                    LOG.error("{}", problem.detail());
                    ended.accept(problem);
                    return false;
                }
            } catch (SQLException e) {
                if (!told) LOG.warn("the PostgreSQL at {} cannot be reached, trying again: {}", place, e.getMessage());
                told = true;
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return false;
    }

    @Override
    public void close() {
        closing = true;
        var watching = watcher;
        if (watching != null) LockSupport.unpark(watching);
        var current = holder;
        if (current == null) return;
        try {
            current.close();
        } catch (SQLException e) {
            LOG.debug("closing the lock's connection", e);
        }
    }
}
