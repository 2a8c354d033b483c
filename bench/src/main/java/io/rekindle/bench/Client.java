package io.rekindle.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.Locale;

/** One keep-alive connection, written by hand: a generator shares the cores with what it measures. */
public final class Client implements AutoCloseable {
    private final int port;
    private Socket socket;
    private InputStream in;
    private boolean closing;

    public Client(int port) throws IOException {
        this.port = port;
        socket = connect(port);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** What was answered to a call; the body as UTF-8. */
    public record Answer(int status, String body) {}

    /** Sends one call and waits for its answer; the status. */
    public int send(byte[] call) throws IOException {
        return exchange(call, false).status();
    }

    /** The same with the body of the answer. */
    public Answer ask(byte[] call) throws IOException {
        return exchange(call, true);
    }

    private Answer exchange(byte[] call, boolean read) throws IOException {
        if (closing) {
            socket.close();
            socket = connect(port);
            in = new BufferedInputStream(socket.getInputStream());
            closing = false;
        }
        socket.getOutputStream().write(call);
        var status = line();
        int length = 0;
        boolean chunked = false;
        for (var line = line(); !line.isEmpty(); line = line()) {
            var lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            if (lower.equals("connection: close")) closing = true;
            if (lower.startsWith("transfer-encoding:")) chunked = true;
        }
        var body = chunked ? chunks() : in.readNBytes(length);
        return new Answer(Integer.parseInt(status.substring(9, 12)), read ? new String(body, UTF_8) : "");
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            int length = HexFormat.fromHexDigits(line().split(";", 2)[0].strip());
            body.write(in.readNBytes(length));
            // The line end behind a chunk; behind the last, the end of no trailers.
            line();
            if (length == 0) return body.toByteArray();
        }
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
