package io.rekindle.export;

import io.rekindle.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An S3-compatible storage in a process of its own: npm's s3rver, which checks signatures. */
final class S3Server implements AutoCloseable {
    static final String ACCESS_KEY = "S3RVER";
    static final String SECRET = "S3RVER";
    static final String BUCKET = "history";
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final int port = ServerProcess.freePort();

    S3Server(Path folder) throws IOException, InterruptedException {
        process = new ProcessBuilder(
                        "node",
                        NodePrograms.installed()
                                .resolve("node_modules/s3rver/bin/s3rver.js")
                                .toString(),
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
