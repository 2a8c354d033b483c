package io.rekindle.bench.deliver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Postfix's {@code smtp-sink}: a mail server that takes every mail and keeps none. A process of its own. */
final class Sink implements AutoCloseable {
    private static final int PATIENCE = 100;

    private final Process process;
    private final int port;

    private Sink(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Sink start() throws IOException, InterruptedException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var command = new ArrayList<>(List.of("smtp-sink"));
        // It will not run as root, and says who it wants to be instead.
        if ("root".equals(System.getProperty("user.name"))) command.addAll(List.of("-u", "postfix"));
        command.addAll(List.of("127.0.0.1:" + port, "256"));
        Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new IOException(
                    "there is no smtp-sink to send to (Debian: apt-get install postfix; it is in /usr/sbin): "
                            + e.getMessage(),
                    e);
        }
        for (int n = 0; n < PATIENCE && process.isAlive(); n++) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Sink(process, port);
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        process.destroy();
        throw new IOException("smtp-sink did not start");
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
