package io.rekindle.warehouse.duckdb;

import io.rekindle.platform.Backed;
import io.rekindle.platform.Installation;
import io.rekindle.platform.Mentions;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.platform.Problem;
import io.rekindle.warehouse.AdHocQueries;
import io.rekindle.warehouse.FileForm;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseException;
import io.rekindle.warehouse.WarehouseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One DuckDB file. Each append is one explicit transaction holding the rows and the batch's id: DuckDB's appender alone
 * is not atomic (with auto-commit off, pieces of 2,048 rows became visible and durable one by one). Connections are
 * duplicates of one, kept and used again; a connection whose statement failed is closed, not kept.
 *
 * <p>The engine opens no file but its own and those in one folder beside it, and nobody can set it otherwise while it is
 * open: users write queries (tags), and what their check may overlook must not reach the key file. DuckDB has this for a
 * whole instance only and follows symbolic links before it judges, so whatever is written elsewhere (exports, backups) is
 * made in that folder and then moved.
 */
public final class DuckDbWarehouse implements Warehouse, Backed, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DuckDbWarehouse.class);
    private static final int KEPT_CONNECTIONS = 16;
    /**
     * The form of new files and of backups. The one of DuckDB 2 is read by no tool of the 1.x line; that of 1.4 showed no
     * difference in size or in the time of writes and queries. A file that was made in a newer form stays in it.
     */
    private static final String FORM = "v1.4.0";

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Path file;
    /** The only folder beside its own files that the engine writes and reads in; empty when nothing is under way. */
    private final Path work;

    private final WarehouseSettings settings;
    /** Held by whoever uses the file; alone by who exchanges it. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

    private final ReentrantLock rewriting = new ReentrantLock();

    private final Parser parser;
    private volatile DuckDBConnection root;
    private final ConcurrentLinkedQueue<Held> kept = new ConcurrentLinkedQueue<>();

    /** Opens or makes the file and brings its tables and views up to date. */
    public DuckDbWarehouse(Path file, WarehouseSettings settings) {
        this.settings = settings;
        try {
            OwnerOnly.folderOf(file);
            // As the engine sees it, which follows links before it asks whether it may.
            this.file = Objects.requireNonNull(file.toAbsolutePath().getParent())
                    .toRealPath()
                    .resolve(file.getFileName());
            this.work = OwnerOnly.folder(this.file.resolveSibling(this.file.getFileName() + ".work"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        root = connect();
        parser = new Parser();
        // What a crash has left; only now, for until the file was ours another process might have been at it.
        OwnerOnly.empty(work);
        script("schema");
        script("views");
    }

    private DuckDBConnection connect() {
        try {
            var properties = new Properties();
            properties.setProperty("autoinstall_known_extensions", "false");
            properties.setProperty("autoload_known_extensions", "false");
            properties.setProperty("storage_compatibility_version", FORM);
            properties.setProperty("memory_limit", settings.memoryLimit());
            // Every checkpoint holds commits up; at DuckDB's own 16 MB a burst of events meets one each second.
            properties.setProperty("wal_autocheckpoint", "256MB");
            if (settings.threads() > 0) properties.setProperty("threads", Integer.toString(settings.threads()));
            var opened = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file, properties);
            // In this order, and in SQL: as a property a path with a quote in it is read otherwise.
            execute(opened, "set allowed_directories = [%s]".formatted(quoted(work + "/")));
            execute(opened, "set enable_external_access = false");
            execute(opened, "set lock_configuration = true");
            OwnerOnly.close(file);
            return opened;
        } catch (SQLException e) {
            var words = String.valueOf(e.getMessage());
            if (words.contains("lock"))
                throw Problem.conflict(
                        "warehouse_in_use",
                        "the warehouse file %s is open in another process; stop that process first".formatted(file));
            throw new WarehouseException("the warehouse file %s cannot be opened: %s".formatted(file, words), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean append(String table, String batchId, Rows rows) {
        return withHeld(held -> {
            var connection = held.connection();
            held.begin();
            try {
                held.note(table, batchId, write(connection, table, rows));
                held.commit();
                return true;
            } catch (SQLException | RuntimeException | Error e) {
                try {
                    execute(connection, "rollback");
                } catch (SQLException alreadyEnded) {
                    e.addSuppressed(alreadyEnded);
                }
                // Asked only now: batches hardly ever come twice, and each of many small ones would pay for the
                // question.
                if (e instanceof SQLException && known(connection, table, batchId)) return false;
                throw e;
            }
        });
    }

    private static long write(DuckDBConnection connection, String table, Rows rows) throws SQLException {
        return switch (rows) {
            case Rows.Written written -> {
                try (var writer = new AppenderRows(connection.createAppender(table))) {
                    written.writeTo(writer);
                    yield writer.count();
                }
            }
            case Rows.Selected(var sql) -> {
                try (var statement =
                        prepare(connection, Sql.of("insert into " + table).then(sql))) {
                    yield statement.executeLargeUpdate();
                }
            }
        };
    }

    @Override
    public <T> List<T> query(Sql sql, Function<Row, T> mapper) {
        var result = new ArrayList<T>();
        stream(sql, row -> result.add(mapper.apply(row)));
        return result;
    }

    @Override
    public void stream(Sql sql, Consumer<Row> consumer) {
        with(connection -> {
            try (var statement = prepare(connection, sql)) {
                AdHocQueries.timeLeft().ifPresent(left -> limit(statement, left));
                try (var rows = statement.executeQuery()) {
                    var row = new Row(rows);
                    while (rows.next()) consumer.accept(row);
                }
            }
            return true;
        });
    }

    @Override
    public long write(Sql sql, Path file, FileForm form) {
        var options = switch (form) {
            case PARQUET -> "(format parquet, compression zstd)";
            case CSV -> "(format csv, header, compression gzip)";
        };
        var made = newFile(form.ending());
        try {
            // DuckDB takes no parameter for the path.
            long rows = with(connection -> {
                try (var statement = prepare(
                        connection,
                        Sql.of("copy")
                                .then(sql.inParentheses())
                                .then(Sql.of("to %s %s".formatted(quoted(made), options))))) {
                    return statement.executeLargeUpdate();
                }
            });
            Files.move(made, file, StandardCopyOption.REPLACE_EXISTING);
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be written".formatted(file), e);
        } finally {
            deleteQuietly(made);
        }
    }

    /** The name of a file nobody has, in the only folder the engine may write in. */
    private Path newFile(String ending) {
        return work.resolve(UUID.randomUUID() + ending);
    }

    private static String quoted(Object path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    /** DuckDB interrupts the statement then; it counts whole seconds. */
    private static void limit(PreparedStatement statement, Duration left) {
        if (left.isZero()) throw AdHocQueries.timedOut();
        try {
            statement.setQueryTimeout(
                    (int) Math.min(Integer.MAX_VALUE, left.plusMillis(999).toSeconds()));
        } catch (SQLException e) {
            throw new WarehouseException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String parsed(String query) {
        return parser.parsed(query);
    }

    @Override
    public void script(String name) {
        with(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(resource(name));
            }
            return true;
        });
    }

    @Override
    public String place() {
        return "the warehouse " + file;
    }

    @Override
    public Optional<Installation> installation() {
        return first(
                Sql.of("select id, key_fingerprint from installation"),
                row -> new Installation(row.text("id"), row.text("key_fingerprint")));
    }

    @Override
    public boolean isEmpty() {
        return first(Sql.of("select 1 as written from batches where table_name <> 'installation' limit 1"), row -> true)
                .isEmpty();
    }

    @Override
    public void belongTo(Installation installation) {
        append(
                "installation",
                "first start",
                Rows.written(rows -> rows.value(installation.id())
                        .value(installation.keyFingerprint())
                        .end()));
    }

    /** Fixes an instant; {@code copy} writes everything as of then into {@code warehouse.duckdb} of the backup. */
    @Override
    public Snapshot open(Path folder) {
        use.readLock().lock();
        try {
            var connection = root.duplicate();
            execute(connection, "begin transaction");
            // The first read fixes the snapshot; what commits after it is not in the copy.
            execute(connection, "select count(*) from batches");
            return new FileSnapshot(connection, newFile(".duckdb"), folder.resolve("warehouse.duckdb"), use.readLock());
        } catch (SQLException e) {
            use.readLock().unlock();
            throw new WarehouseException("the snapshot cannot be opened: " + e.getMessage(), e);
        }
    }

    /**
     * @param made where the engine may write
     * @param use held until the copy is made: the file is not exchanged meanwhile
     */
    private record FileSnapshot(DuckDBConnection connection, Path made, Path target, Lock use) implements Snapshot {
        @Override
        public void copy() throws IOException {
            try {
                // DuckDB takes no parameter here.
                execute(connection, "attach %s as backup".formatted(quoted(made)));
                execute(connection, "copy from database %s to backup".formatted(catalog(connection)));
                execute(connection, "commit");
                execute(connection, "detach backup");
                Files.move(made, target);
            } catch (SQLException e) {
                throw new WarehouseException("the warehouse cannot be copied: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new WarehouseException("the snapshot cannot be closed: " + e.getMessage(), e);
            } finally {
                deleteQuietly(made);
                use.unlock();
            }
        }
    }

    @Override
    public void forget(Mentions gone, List<PersonalHistory> histories, Consumer<Runnable> exchange) {
        rewrite(new Rewriting.Changes(gone, histories, Map.of(), Map.of()), exchange);
    }

    @Override
    public void compact(Map<String, String> kept, Consumer<Runnable> exchange) {
        rewrite(new Rewriting.Changes(Mentions.none(), List.of(), kept, Map.of()), exchange);
    }

    @Override
    public void empty(Map<String, Emptied> emptied, Consumer<Runnable> exchange) {
        rewrite(new Rewriting.Changes(Mentions.none(), List.of(), Map.of(), emptied), exchange);
    }

    private void rewrite(Rewriting.Changes changes, Consumer<Runnable> exchange) {
        // One copy in the making at a time: they would stand in one file.
        rewriting.lock();
        try {
            rewriteInTurn(changes, exchange);
        } finally {
            rewriting.unlock();
        }
    }

    private void rewriteInTurn(Rewriting.Changes changes, Consumer<Runnable> exchange) {
        var next = newFile(".duckdb");
        try {
            try (var copying = new Rewriting(root.duplicate(), next, changes)) {
                copying.copy();
                exchange.accept(() -> exchange(copying, next));
            } finally {
                delete(next);
            }
        } catch (SQLException e) {
            throw new WarehouseException("the history cannot be written anew: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("the history cannot be written anew", e);
        }
    }

    private void exchange(Rewriting copying, Path next) {
        try {
            // Who holds the file may wait for what we hold: better later than never.
            if (!use.writeLock().tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS))
                throw new WarehouseException("the history is in use; it is written anew later", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException("interrupted before the history was exchanged", e);
        }
        try {
            copying.catchUp();
            copying.close();
            closeFile();
            try {
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                root = connect();
            }
        } catch (SQLException | IOException e) {
            throw new WarehouseException("the history cannot be exchanged: " + e.getMessage(), e);
        } finally {
            use.writeLock().unlock();
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            delete(file);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", file, e.getMessage());
        }
    }

    private static void delete(Path database) throws IOException {
        Files.deleteIfExists(database);
        Files.deleteIfExists(database.resolveSibling(database.getFileName() + ".wal"));
    }

    @Override
    public void close() {
        parser.close();
        closeFile();
    }

    private void closeFile() {
        try {
            for (var connection = kept.poll(); connection != null; connection = kept.poll()) connection.close();
            root.close();
        } catch (SQLException e) {
            throw new WarehouseException(
                    "the warehouse file %s cannot be closed: %s".formatted(file, e.getMessage()), e);
        }
    }

    private interface Work<T> {
        T on(DuckDBConnection connection) throws SQLException;
    }

    private interface HeldWork<T> {
        T on(Held held) throws SQLException;
    }

    private <T> T with(Work<T> work) {
        return withHeld(held -> work.on(held.connection()));
    }

    private <T> T withHeld(HeldWork<T> work) {
        Held connection = null;
        use.readLock().lock();
        try {
            connection = kept.poll();
            if (connection == null) connection = new Held(root.duplicate());
            T result = work.on(connection);
            if (kept.size() < KEPT_CONNECTIONS) kept.add(connection);
            else connection.close();
            return result;
        } catch (SQLTimeoutException e) {
            closeQuietly(connection, e);
            throw AdHocQueries.timedOut();
        } catch (SQLException e) {
            closeQuietly(connection, e);
            throw new WarehouseException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            closeQuietly(connection, e);
            throw e;
        } finally {
            use.readLock().unlock();
        }
    }

    private static void closeQuietly(@Nullable Held connection, Throwable cause) {
        if (connection == null) return;
        try {
            connection.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static String catalog(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select current_database()")) {
            rows.next();
            return '"' + rows.getString(1).replace("\"", "\"\"") + '"';
        }
    }

    private static boolean known(Connection connection, String table, String batchId) throws SQLException {
        try (var statement = prepare(
                        connection,
                        Sql.of("select 1 from batches where table_name = ? and batch_id = ?", table, batchId));
                var rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static PreparedStatement prepare(Connection connection, Sql sql) throws SQLException {
        var statement = connection.prepareStatement(sql.text());
        try {
            int mark = 1;
            for (var value : sql.values()) {
                if (value instanceof Instant instant)
                    statement.setObject(mark, LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
                else if (value instanceof List<?> texts)
                    statement.setObject(mark, connection.createArrayOf("varchar", texts.toArray()));
                else statement.setObject(mark, value);
                mark++;
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static String resource(String name) {
        try (var in = DuckDbWarehouse.class.getResourceAsStream("/warehouse/" + name + ".sql")) {
            if (in == null) throw new IllegalArgumentException("there is no warehouse script '%s'".formatted(name));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
