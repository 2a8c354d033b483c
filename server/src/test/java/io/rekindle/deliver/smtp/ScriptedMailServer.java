package io.rekindle.deliver.smtp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail server that answers and breaks off as a test wants it: what real ones do on bad days. */
public final class ScriptedMailServer implements AutoCloseable {
    /** Where in the dialogue it breaks the connection. */
    public enum BreaksOff {
        NEVER,
        AFTER_SENDER,
        WITHIN_MESSAGE,
        AFTER_FINAL_DOT
    }

    /** What it answers at each step, and where it breaks off; {@code silent}: it never answers the final dot. */
    public record Script(
            String signIn, String sender, String recipient, String message, BreaksOff breaksOff, boolean silent) {
        public static Script accepting() {
            return new Script(
                    "235 2.7.0 ok", "250 2.1.0 ok", "250 2.1.5 ok", "250 2.0.0 queued as 4711", BreaksOff.NEVER, false);
        }

        public Script signIn(String reply) {
            return new Script(reply, sender, recipient, message, breaksOff, silent);
        }

        public Script sender(String reply) {
            return new Script(signIn, reply, recipient, message, breaksOff, silent);
        }

        public Script recipient(String reply) {
            return new Script(signIn, sender, reply, message, breaksOff, silent);
        }

        public Script message(String reply) {
            return new Script(signIn, sender, recipient, reply, breaksOff, silent);
        }

        public Script breaksOff(BreaksOff where) {
            return new Script(signIn, sender, recipient, message, where, silent);
        }

        public Script neverAnswers() {
            return new Script(signIn, sender, recipient, message, breaksOff, true);
        }
    }

    private final ServerSocket socket;
    private volatile Script script;
    private final AtomicInteger signIns = new AtomicInteger();
    private final AtomicInteger senders = new AtomicInteger();
    private final List<String> received = Collections.synchronizedList(new ArrayList<>());

    public ScriptedMailServer(Script script) throws IOException {
        this.script = script;
        socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::listen);
    }

    /** What it does from now on. */
    public void does(Script other) {
        script = other;
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** The mails whose final dot was read, as they came. */
    public List<String> received() {
        return List.copyOf(received);
    }

    /** How often somebody tried to sign in. */
    public int signIns() {
        return signIns.get();
    }

    /** How often a sender was named. */
    public int senders() {
        return senders.get();
    }

    private void listen() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                Thread.ofVirtual().start(() -> talk(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            say(client, "220 scripted.example");
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("EHLO")) say(client, "250-scripted.example\r\n250 AUTH PLAIN");
                else if (line.startsWith("AUTH")) {
                    signIns.incrementAndGet();
                    say(client, script.signIn());
                } else if (line.startsWith("MAIL")) {
                    senders.incrementAndGet();
                    if (script.breaksOff() == BreaksOff.AFTER_SENDER) return;
                    say(client, script.sender());
                } else if (line.startsWith("RCPT")) say(client, script.recipient());
                else if (line.equals("DATA")) {
                    say(client, "354 go on");
                    if (!message(client, in)) return;
                } else if (line.equals("QUIT")) {
                    say(client, "221 bye");
                    return;
                } else say(client, "250 ok");
            }
        } catch (IOException e) {
            // The client went away; the test looks at what it made of that.
        }
    }

    private boolean message(Socket client, BufferedReader in) throws IOException {
        var mail = new StringBuilder();
        for (var line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
            if (script.breaksOff() == BreaksOff.WITHIN_MESSAGE) {
                // Data that is still unread makes the close a reset, as when a machine dies.
                client.setSoLinger(true, 0);
                return false;
            }
            // RFC 5321, 4.5.2: a dot at the beginning of a line was doubled.
            mail.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
        }
        received.add(mail.toString());
        if (script.breaksOff() == BreaksOff.AFTER_FINAL_DOT) return false;
        if (!script.silent()) say(client, script.message());
        return true;
    }

    private static void say(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
