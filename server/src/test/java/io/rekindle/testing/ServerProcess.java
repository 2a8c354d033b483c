package io.rekindle.testing;

import io.rekindle.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A whole server as a process of its own, to be killed; it writes to {@code server.log} in its data folder. */
public final class ServerProcess {
    private ServerProcess() {}

    /** Starts {@code rekindle serve} with the tests' keys and these settings besides; it may not answer yet. */
    public static Process start(Path folder, int port, Map<String, String> settings) throws IOException {
        var command = JavaProcess.command(Main.class, "-Xmx512m");
        command.addAll(List.of("serve", "--data", folder.toString(), "--port", Integer.toString(port)));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()));
        builder.environment()
                .putAll(Map.of(
                        "REKINDLE_WRITE_KEY", RekindleTest.WRITE_KEY,
                        "REKINDLE_ADMIN_KEY", RekindleTest.ADMIN_KEY,
                        "REKINDLE_ADMIN_PASSWORD", RekindleTest.ADMIN_PASSWORD,
                        "REKINDLE_WAREHOUSE_MEMORY_LIMIT", "512MB"));
        builder.environment().putAll(settings);
        return builder.start();
    }

    /** The option that hands on where this process keeps PostgreSQL's unpacked programs, if it does. */
    public static String unpackedPostgres() {
        return "-Drekindle.postgres-binaries=" + System.getProperty("rekindle.postgres-binaries", "");
    }

    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
