package io.rekindle.platform.database;

import io.rekindle.platform.Problem;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL as a child process, its files under the data folder. The port is chosen at the first start and kept
 * in {@code postgres.port}: after a {@code kill -9} of the server the postmaster lives on as an orphan, and only a known
 * port and its {@code postmaster.pid} tell it from a stranger. An orphan is asked to stop and started anew.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedPostgres postgres;
    private final String password;

    private EmbeddedDatabase(EmbeddedPostgres postgres, String password) {
        this.postgres = postgres;
        this.password = password;
    }

    /** Starts the PostgreSQL of this folder; makes it when there is none. */
    public static EmbeddedDatabase start(Path folder, boolean durable) {
        try {
            Files.createDirectories(folder);
            var data = folder.resolve("postgres");
            stopOrphan(data);
            int port = keptPort(folder.resolve("postgres.port"));
            var password = keptPassword(folder.resolve("postgres.password"));
            var postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setOverrideWorkingDirectory(
                            folder.resolve("postgres-binaries").toFile())
                    .setPort(port)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setConnectConfig("password", password)
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setLocaleConfig("encoding", "UTF8")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("max_connections", "60")
                    .setServerConfig("shared_buffers", "256MB")
                    .setServerConfig("fsync", durable ? "on" : "off")
                    .setServerConfig("synchronous_commit", durable ? "on" : "off")
                    .setServerConfig("timezone", "UTC")
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("postgres.log").toFile()))
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("postgres.log").toFile()))
                    .start();
            var database = new EmbeddedDatabase(postgres, password);
            database.requirePassword(data);
            return database;
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "database_not_started",
                    "the embedded PostgreSQL under %s did not start: %s; its own words are in %s"
                            .formatted(folder, e.getMessage(), folder.resolve("postgres.log")),
                    java.util.List.of());
        }
    }

    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.getPort(), database);
    }

    public String user() {
        return "postgres";
    }

    public String password() {
        return password;
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            LOG.warn("the embedded PostgreSQL did not stop cleanly: {}", e.getMessage());
        }
    }

    /** initdb trusts every local user; from the first start on a password is asked, for other users of the machine. */
    private void requirePassword(Path data) throws IOException {
        var rules = data.resolve("pg_hba.conf");
        var strict = "host all all 127.0.0.1/32 scram-sha-256\n";
        if (Files.readString(rules).equals(strict)) return;
        try (var connection = DriverManager.getConnection(url("postgres"), user(), password);
                var statement = connection.createStatement()) {
            // The password is 32 hexadecimal digits of our own making; ALTER ROLE takes no parameters.
            statement.execute("alter role postgres password '%s'".formatted(password));
            Files.writeString(rules, strict);
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IOException("its password could not be set: " + e.getMessage(), e);
        }
    }

    private static void stopOrphan(Path data) throws IOException {
        var pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) return;
        long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        var process = ProcessHandle.of(pid)
                .filter(p -> p.info().command().map(c -> c.endsWith("postgres")).orElse(false));
        if (process.isEmpty()) {
            Files.delete(pidFile);
            return;
        }
        LOG.info("an earlier server left its PostgreSQL (pid {}) running; stopping it", pid);
        // SIGINT is PostgreSQL's fast shutdown: it rolls back what is open and does not wait for clients.
        new ProcessBuilder("kill", "-INT", Long.toString(pid)).start();
        try {
            process.get().onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the PostgreSQL with pid %d of an earlier server does not stop".formatted(pid), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an earlier PostgreSQL was stopping", e);
        }
    }

    private static int keptPort(Path file) throws IOException {
        if (Files.exists(file)) return Integer.parseInt(Files.readString(file).strip());
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(file, socket.getLocalPort() + "\n");
            return socket.getLocalPort();
        }
    }

    private static String keptPassword(Path file) throws IOException {
        if (Files.exists(file)) return Files.readString(file).strip();
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        var password = HexFormat.of().formatHex(bytes);
        Files.createFile(
                file,
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
        Files.write(file, password.getBytes(StandardCharsets.US_ASCII));
        return password;
    }
}
