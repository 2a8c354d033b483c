package io.rekindle.export;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Others' programs on Node that what leaves Rekindle is tried against, installed from their lock file. */
final class NodePrograms {
    private static final long PATIENCE_SECONDS = 180;

    private NodePrograms() {}

    /** Their folder; installed once for each lock file. */
    static synchronized Path installed() throws IOException, InterruptedException {
        var folder = Path.of(System.getProperty("rekindle.root"), "server", "src", "test", "counterparts");
        assumeTrue(
                Stream.of("node", "npm").allMatch(NodePrograms::isThere),
                "there is no Node here: nothing is tried against programs on it");
        // Tests run in several processes.
        var turn = Files.createDirectories(folder.resolve("../../../target").normalize())
                .resolve("counterparts.turn");
        try (var file = FileChannel.open(turn, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var mine = file.lock()) {
            if (mine.isValid()) install(folder);
        }
        return folder;
    }

    private static void install(Path folder) throws IOException, InterruptedException {
        var lock = Files.readAllBytes(folder.resolve("package-lock.json"));
        var done = folder.resolve("node_modules/.rekindle-installed");
        if (Files.exists(done) && Arrays.equals(Files.readAllBytes(done), lock)) return;
        var said = Files.createTempFile("rekindle-npm", ".txt");
        var npm = new ProcessBuilder(
                        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = npm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) npm.destroyForcibly();
        if (!ended || npm.exitValue() != 0)
            throw new IOException("npm ci failed in %s: %s".formatted(folder, Files.readString(said)));
        Files.delete(said);
        Files.write(done, lock);
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
