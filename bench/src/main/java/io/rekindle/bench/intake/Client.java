package io.rekindle.bench.intake;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** One keep-alive connection, written by hand: the generator shares the cores with what it measures. */
final class Client implements AutoCloseable {
    private final int port;
    private Socket socket;
    private InputStream in;
    private boolean closing;

    Client(int port) throws IOException {
        this.port = port;
        socket = connect(port);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Sends one call and waits for its answer; the status. */
    int send(byte[] call) throws IOException {
        if (closing) {
            socket.close();
            socket = connect(port);
            in = new BufferedInputStream(socket.getInputStream());
            closing = false;
        }
        socket.getOutputStream().write(call);
        var status = line();
        int length = 0;
        for (var line = line(); !line.isEmpty(); line = line()) {
            var lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            if (lower.equals("connection: close")) closing = true;
            if (lower.startsWith("transfer-encoding:"))
                throw new IOException("the server answered in chunks, which this client does not read");
        }
        in.skipNBytes(length);
        return Integer.parseInt(status.substring(9, 12));
    }

    private String line() throws IOException {
        var line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new IOException("the server closed the connection");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
