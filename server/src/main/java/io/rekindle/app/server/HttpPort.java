package io.rekindle.app.server;

import io.rekindle.platform.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The port the server will listen on, settled before anything else is started. */
public final class HttpPort {
    private HttpPort() {}

    /** Refuses a port that is taken now, with a {@link Problem} {@code port_in_use}. */
    public static void requireFree(int port) {
        choose(port);
    }

    /**
     * The port itself when it is free, else a {@link Problem} {@code port_in_use}.
     *
     * @param wanted 0 = any free one; it is chosen here, because the address of links must be known before the server is
     */
    static int choose(int wanted) {
        try (var socket = new ServerSocket()) {
            // As the server itself will: connections of an earlier one that are still dying away are no hindrance.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw taken(wanted);
        }
    }

    static Problem taken(int port) {
        return Problem.conflict(
                "port_in_use", "port %d is in use by another program; choose another with --port".formatted(port));
    }
}
