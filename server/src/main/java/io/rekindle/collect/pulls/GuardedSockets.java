package io.rekindle.collect.pulls;

import io.rekindle.platform.OutgoingAddresses;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that connect only where {@link OutgoingAddresses} allows. Drivers look a host's name up themselves, when it may
 * stand for another address than the one that was checked; so it is checked once more where the connection is made. They
 * make this factory themselves, by its name.
 */
public final class GuardedSockets extends SocketFactory {
    private static final AtomicReference<@Nullable OutgoingAddresses> ALLOWED = new AtomicReference<>();

    static void guardWith(OutgoingAddresses addresses) {
        ALLOWED.set(addresses);
    }

    @Override
    public Socket createSocket() {
        return new Guarded();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    private static Socket connected(InetSocketAddress to) throws IOException {
        var socket = new Guarded();
        try {
            socket.connect(to);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static final class Guarded extends Socket {
        @Override
        public void connect(SocketAddress to) throws IOException {
            connect(to, 0);
        }

        @Override
        public void connect(SocketAddress to, int timeout) throws IOException {
            var allowed = ALLOWED.get();
            if (allowed == null || !(to instanceof InetSocketAddress place) || place.isUnresolved())
                throw new IOException("nobody says whether " + to + " may be connected to");
            try {
                allowed.of(place.getAddress().getHostAddress());
            } catch (Problem refused) {
                throw new IOException(refused.detail(), refused);
            }
            super.connect(to, timeout);
        }
    }
}
