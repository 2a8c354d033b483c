package io.rekindle.bench.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole server in a process of its own, with the PostgreSQL it starts, to be killed with it. */
final class Victim implements AutoCloseable {
    static final String WRITE_KEY = "soak-write-key-0123456789";
    static final String ADMIN_KEY = "soak-admin-key-0123456789";

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    Victim(Path folder) throws IOException {
        this.folder = folder;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    void start() throws IOException {
        var builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+UseParallelGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Drekindle.postgres-binaries=" + System.getProperty("rekindle.postgres-binaries", ""),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.rekindle.app.Main",
                        "serve",
                        "--data",
                        folder.toString(),
                        "--port",
                        Integer.toString(port)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolveSibling("server.log").toFile()));
        builder.environment().putAll(Map.of("REKINDLE_WRITE_KEY", WRITE_KEY, "REKINDLE_ADMIN_KEY", ADMIN_KEY));
        process = builder.start();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Both at once and without warning, the database first or last. */
    void kill(boolean databaseFirst) throws IOException, InterruptedException {
        var server = process;
        if (server == null) return;
        var database = database();
        if (databaseFirst && database != null) database.destroyForcibly();
        server.destroyForcibly();
        if (!databaseFirst && database != null) database.destroyForcibly();
        if (!server.waitFor(30, TimeUnit.SECONDS)) throw new IOException("the server outlives its killing");
        while (database != null && database.isAlive()) TimeUnit.MILLISECONDS.sleep(5);
        process = null;
    }

    /** The server's own PostgreSQL; null while there is none. */
    private @Nullable ProcessHandle database() throws IOException {
        var file = folder.resolve("postgres").resolve("postmaster.pid");
        if (!Files.exists(file)) return null;
        var lines = Files.readAllLines(file);
        if (lines.isEmpty()) return null;
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                .filter(found -> found.info().command().orElse("").contains("postgres"))
                .orElse(null);
    }

    /** In good order. */
    @Override
    public void close() {
        var server = process;
        if (server == null) return;
        process = null;
        server.destroy();
        try {
            if (!server.waitFor(90, TimeUnit.SECONDS)) server.destroyForcibly();
        } catch (InterruptedException e) {
            server.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
