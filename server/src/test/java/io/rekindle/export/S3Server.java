package io.rekindle.export;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.testing.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An S3-compatible storage in a process of its own: npm's s3rver, which checks signatures. */
final class S3Server implements AutoCloseable {
    static final String ACCESS_KEY = "S3RVER";
    static final String SECRET = "S3RVER";
    static final String BUCKET = "history";
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final int port = ServerProcess.freePort();

    S3Server(Path folder) throws IOException, InterruptedException {
        var place = Path.of(System.getProperty("rekindle.root"), "server", "src", "test", "s3");
        install(place);
        process = new ProcessBuilder(
                        "node",
                        place.resolve("node_modules/s3rver/bin/s3rver.js").toString(),
                        "--address",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--directory",
                        folder.toString(),
                        "--configure-bucket",
                        BUCKET,
                        "--silent")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolveSibling("s3.log").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!isOpen()) {
            if (!process.isAlive() || System.nanoTime() > deadline)
                throw new IOException(
                        "the storage does not start: " + Files.readString(folder.resolveSibling("s3.log")));
            Thread.sleep(50);
        }
    }

    /** Once for each lock file. */
    private static void install(Path place) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of("node", "npm").allMatch(S3Server::isThere),
                "there is no Node here: exports to S3-compatible storage are not tried");
        var lock = Files.readAllBytes(place.resolve("package-lock.json"));
        var done = place.resolve("node_modules/.rekindle-installed");
        if (Files.exists(done) && Arrays.equals(Files.readAllBytes(done), lock)) return;
        var npm = new ProcessBuilder(
                        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"))
                .directory(place.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!npm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || npm.exitValue() != 0)
            throw new IOException("npm ci failed in " + place);
        Files.write(done, lock);
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private boolean isOpen() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
