package io.rekindle.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;

/**
 * A real MariaDB for the tests of this JVM, where its programs are installed (Debian: {@code mariadb-server-core} and
 * {@code mariadb-client-core}, which {@code ./rekindle test} sees to). Every caller gets an empty database of its own.
 */
public final class TestMariaDb {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static int port;

    private TestMariaDb() {}

    /** Where a fresh database is. */
    public record Place(String url, String user, String password) {}

    /** Why there is none; empty when there is. */
    public static Optional<String> missing() {
        if (program("mariadbd").isEmpty() || program("mariadb-install-db").isEmpty())
            return Optional.of("MariaDB is not installed (apt-get install mariadb-server-core mariadb-client-core)");
        return Optional.empty();
    }

    public static synchronized Place newDatabase() throws Exception {
        if (port == 0) start();
        var name = "shop_%d".formatted(COUNT.incrementAndGet());
        try (var connection = DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/?user=root");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
            statement.execute("create user reader_%s@'127.0.0.1' identified by 'reads-%s'".formatted(name, name));
            statement.execute("grant all on %s.* to reader_%s@'127.0.0.1'".formatted(name, name));
        }
        return new Place("jdbc:mariadb://127.0.0.1:%d/%s".formatted(port, name), "reader_" + name, "reads-" + name);
    }

    private static void start() throws Exception {
        var folder = TestFolders.newFolder("mariadb");
        var data = folder.resolve("data");
        var small = List.of("--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M");
        run(
                folder,
                Stream.concat(
                                Stream.of(
                                        program("mariadb-install-db")
                                                .orElseThrow()
                                                .toString(),
                                        "--no-defaults",
                                        "--datadir=" + data,
                                        "--auth-root-authentication-method=normal",
                                        "--skip-test-db"),
                                Stream.concat(small.stream(), asRoot()))
                        .toList());
        int free = ServerProcess.freePort();
        var server = builder(
                        folder,
                        Stream.concat(
                                        Stream.of(
                                                program("mariadbd")
                                                        .orElseThrow()
                                                        .toString(),
                                                "--no-defaults",
                                                "--datadir=" + data,
                                                "--bind-address=127.0.0.1",
                                                "--port=" + free,
                                                "--socket=" + folder.resolve("socket"),
                                                "--pid-file=" + folder.resolve("pid"),
                                                "--skip-log-bin",
                                                "--skip-name-resolve",
                                                "--innodb-flush-log-at-trx-commit=0"),
                                        Stream.concat(small.stream(), asRoot()))
                                .toList())
                .start();
        SpringApplication.getShutdownHandlers().add(() -> {
            server.destroyForcibly();
            server.onExit().join();
        });
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> !server.isAlive())
                .until(() -> answers(free));
        port = free;
    }

    private static boolean answers(int at) {
        try (var connection = DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + at + "/?user=root")) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private static Stream<String> asRoot() {
        return "root".equals(System.getProperty("user.name")) ? Stream.of("--user=root") : Stream.of();
    }

    private static void run(Path folder, List<String> command) throws IOException, InterruptedException {
        var process = builder(folder, command).start();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0)
            throw new IOException("MariaDB could not be set up:\n" + Files.readString(folder.resolve("log")));
    }

    private static ProcessBuilder builder(Path folder, List<String> command) {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    }

    private static Optional<Path> program(String name) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
                        Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
