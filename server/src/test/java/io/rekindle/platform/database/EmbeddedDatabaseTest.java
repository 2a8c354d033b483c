package io.rekindle.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.ServerProcess;
import io.rekindle.testing.TestFolders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EmbeddedDatabaseTest {
    /** A server that dies as by {@code kill -9}: nothing of its own closing runs. */
    static final class Killed {
        private Killed() {}

        public static void main(String[] arguments) {
            EmbeddedDatabase.start(Path.of(arguments[0]), false);
            Runtime.getRuntime().halt(137);
        }
    }

    @Test
    void aPostgresThatAKilledServerLeftIsStoppedAndStartedAnew() throws Exception {
        var folder = TestFolders.newFolder("orphan");
        startAndKill(folder, ServerProcess.unpackedPostgres());
        var orphan = ProcessHandle.of(postmaster(folder)).orElseThrow();
        assertThat(orphan.isAlive()).isTrue();
        try (var database = EmbeddedDatabase.start(folder, false)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(answers(database)).isTrue();
        }
    }

    @Test
    void aCopyOfALiveFolderLeavesTheOriginalAlone() throws Exception {
        var folder = TestFolders.newFolder("original");
        try (var original = EmbeddedDatabase.start(folder, false)) {
            var copy = TestFolders.newFolder("copy");
            // Not durable, as all tests' databases: what was committed last reaches the files by the check point alone.
            execute(original, "checkpoint");
            copy(folder, copy);
            assertThat(copy.resolve("postgres").resolve("postmaster.pid")).exists();
            try (var copied = EmbeddedDatabase.start(copy, false)) {
                assertThat(answers(copied)).isTrue();
                assertThat(answers(original)).isTrue();
                assertThat(copied.url("postgres"))
                        .as("the original has the port both folders kept")
                        .isNotEqualTo(original.url("postgres"));
            }
            assertThat(answers(original)).isTrue();
        }
    }

    @Test
    void aProcessThatGotTheNumberInTheMeantimeIsLeftAlone() throws Exception {
        var folder = TestFolders.newFolder("reused");
        EmbeddedDatabase.start(folder, false).close();
        var stranger = new ProcessBuilder("sleep", "600").start();
        var another = TestFolders.newFolder("another");
        try (var other = EmbeddedDatabase.start(another, false)) {
            // The second stranger is a PostgreSQL, of another folder.
            for (long pid : List.of(stranger.pid(), postmaster(another))) {
                Files.write(
                        folder.resolve("postgres").resolve("postmaster.pid"),
                        List.of(Long.toString(pid), folder.resolve("postgres").toString()));
                try (var database = EmbeddedDatabase.start(folder, false)) {
                    assertThat(answers(database)).isTrue();
                }
            }
            assertThat(stranger.isAlive()).isTrue();
            assertThat(answers(other)).isTrue();
        } finally {
            stranger.destroy();
        }
    }

    @Test
    void aTakenPortIsExchangedForAFreeOne() throws Exception {
        var folder = TestFolders.newFolder("port");
        EmbeddedDatabase.start(folder, false).close();
        var file = folder.resolve("postgres.port");
        int kept = Integer.parseInt(Files.readString(file).strip());
        try (var _ = new ServerSocket(kept, 1, InetAddress.getLoopbackAddress());
                var database = EmbeddedDatabase.start(folder, false)) {
            assertThat(answers(database)).isTrue();
            assertThat(Integer.parseInt(Files.readString(file).strip())).isNotEqualTo(kept);
        }
    }

    @Test
    void nothingOfItIsOpenToOtherUsers() throws Exception {
        var folder = TestFolders.newFolder("rights").resolve("data");
        // In a process of its own: the library unpacks its programs once per process, into the first folder.
        startAndKill(folder);
        try (var _ = EmbeddedDatabase.start(folder, false)) {
            var open = new ArrayList<String>();
            try (var files = Files.walk(folder)) {
                for (var file : files.filter(f -> !Files.isSymbolicLink(f)).toList()) {
                    var rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                    if (!rights.endsWith("------")) open.add(rights + " " + file);
                }
            }
            assertThat(open).isEmpty();
            assertThat(folder.resolve("postgres-binaries")).isNotEmptyDirectory();
        }
    }

    @Test
    void programsUnpackedForOneFolderServeTheNext() throws Exception {
        var place = TestFolders.newFolder("unpacked");
        var kept = place.resolve("kept");
        var first = place.resolve("first");
        startAndKill(first, "-D%s=%s".formatted(UnpackedBinaries.PROPERTY, kept));
        Postmaster.stopLeftOn(first.resolve("postgres"));
        assertThat(names(kept)).isEqualTo(names(first.resolve("postgres-binaries")));
        // Unpacked anew, it would be there again.
        try (var files = Files.walk(kept)) {
            Files.delete(files.filter(file -> file.endsWith("psqlrc.sample"))
                    .findAny()
                    .orElseThrow());
        }
        var second = place.resolve("second");
        startAndKill(second, "-D%s=%s".formatted(UnpackedBinaries.PROPERTY, kept));
        Postmaster.stopLeftOn(second.resolve("postgres"));
        assertThat(names(second.resolve("postgres-binaries")))
                .isEqualTo(names(kept))
                .isNotEqualTo(names(first.resolve("postgres-binaries")));
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static void startAndKill(Path folder, String... options) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Killed.class.getName(), folder.toString()));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(137);
    }

    private static long postmaster(Path folder) throws IOException {
        return Long.parseLong(Files.readAllLines(folder.resolve("postgres").resolve("postmaster.pid"))
                .getFirst()
                .strip());
    }

    private static boolean answers(EmbeddedDatabase database) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(database.url("postgres"), database.user(), database.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select 1")) {
            return rows.next();
        }
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(database.url("postgres"), database.user(), database.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void copy(Path from, Path to) throws IOException, InterruptedException {
        // As an administrator would do it; a file PostgreSQL takes away meanwhile is no failure here.
        new ProcessBuilder("cp", "-a", from + "/.", to.toString())
                .inheritIO()
                .start()
                .waitFor();
    }
}
