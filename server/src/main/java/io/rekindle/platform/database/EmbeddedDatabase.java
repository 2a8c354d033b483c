package io.rekindle.platform.database;

import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL as a child process, its files under the data folder. The port is chosen at the first start and kept
 * in {@code postgres.port}. After a {@code kill -9} of the server the postmaster lives on as an orphan: it is asked to
 * stop and started anew, see {@link Postmaster}.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private final EmbeddedPostgres postgres;
    private final String password;

    private EmbeddedDatabase(EmbeddedPostgres postgres, String password) {
        this.postgres = postgres;
        this.password = password;
    }

    /** Starts the PostgreSQL of this folder; makes it when there is none. */
    public static EmbeddedDatabase start(Path folder, boolean durable) {
        try {
            OwnerOnly.folder(folder);
            var data = folder.resolve("postgres");
            var log = folder.resolve("postgres.log");
            if (!Files.exists(log)) OwnerOnly.newFile(log);
            Postmaster.stopLeftOn(data);
            var binaries = folder.resolve("postgres-binaries");
            UnpackedBinaries.copyTo(binaries);
            int port = port(folder.resolve("postgres.port"));
            var password = keptPassword(folder.resolve("postgres.password"));
            var postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setOverrideWorkingDirectory(binaries.toFile())
                    .setPort(port)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setConnectConfig("password", password)
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setLocaleConfig("encoding", "UTF8")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    // Tests keep several servers open on one PostgreSQL.
                    .setServerConfig("max_connections", durable ? "60" : "250")
                    .setServerConfig("shared_buffers", "256MB")
                    .setServerConfig("fsync", durable ? "on" : "off")
                    .setServerConfig("synchronous_commit", durable ? "on" : "off")
                    // What was erased is not to live on in segments of the log kept for their names.
                    .setServerConfig("wal_recycle", "off")
                    // The details of an error are values of the row, and the statement may hold some.
                    .setServerConfig("log_error_verbosity", "terse")
                    .setServerConfig("log_min_error_statement", "panic")
                    .setServerConfig("timezone", "UTC")
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            // The library unpacks them open to everybody; who could change them would be the server at its next start.
            OwnerOnly.close(data.resolve("epg-lock"));
            if (Files.exists(binaries)) OwnerOnly.closeAll(binaries);
            UnpackedBinaries.keep(binaries);
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
            // Hashing over and over makes guessing dear, and each connection; 128 random bits are not guessed.
            statement.execute("set scram_iterations = 1");
            // The password is 32 hexadecimal digits of our own making; ALTER ROLE takes no parameters.
            statement.execute("alter role postgres password '%s'".formatted(password));
            Files.writeString(rules, strict);
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IOException("its password could not be set: " + e.getMessage(), e);
        }
    }

    /** The port of the earlier starts; another one from now on when a stranger has taken it in the meantime. */
    private static int port(Path file) throws IOException {
        var kept = kept(file);
        if (kept > 0 && isFree(kept)) return kept;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            if (!Files.exists(file)) OwnerOnly.newFile(file);
            Files.writeString(file, port + "\n");
            if (kept > 0)
                LOG.warn(
                        "port {}, kept in {} for the embedded PostgreSQL, is in use by another program; it takes port {} from now on",
                        kept,
                        file,
                        port);
            return port;
        }
    }

    private static int kept(Path file) throws IOException {
        if (!Files.exists(file)) return 0;
        var text = Files.readString(file).strip();
        if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535) return Integer.parseInt(text);
        throw new IOException(
                "%s holds '%s', which is no port; delete the file and one is chosen".formatted(file, text));
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            // A port in TIME_WAIT after our own stop is free for a listener, for PostgreSQL as for this probe.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String keptPassword(Path file) throws IOException {
        if (Files.exists(file)) return Files.readString(file).strip();
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        var password = HexFormat.of().formatHex(bytes);
        OwnerOnly.newFile(file);
        Files.write(file, password.getBytes(StandardCharsets.US_ASCII));
        return password;
    }
}
