package io.rekindle.simulator;

import io.rekindle.simulator.MailboxHabits.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/**
 * All customers' mailboxes: an SMTP server on this machine that answers per recipient as {@link MailboxHabits} say.
 * A mail counts as accepted when it was read to its final dot and the answer 250 is about to go out; one that breaks
 * off before is not counted. Only what {@link Mail} holds is kept of a mail, until it is taken.
 */
public final class Mailboxes implements AutoCloseable {
    /**
     * One SMTP connection.
     *
     * @param client the other end, as address and port
     * @param accepted how many mails were accepted on it
     * @param open whether it still stands
     */
    public record Connection(String client, int accepted, boolean open) {}

    private static final int LARGEST_MAIL = 2_000_000;
    private static final int MOST_MAILS_WAITING = 200_000;
    private static final int MOST_CONNECTIONS_REMEMBERED = 10_000;

    private final MailboxHabits habits;
    private final boolean keepsMails;
    private final SMTPServer server;
    private final Map<String, Integer> accepted = new ConcurrentHashMap<>();
    private final Map<String, Integer> toldToTryLater = new ConcurrentHashMap<>();
    private final AtomicLong acceptedInAll = new AtomicLong();
    private final AtomicLong refusedForGood = new AtomicLong();
    private final AtomicLong refusedForNow = new AtomicLong();
    private final Object lock = new Object();
    private List<Mail> arrived = new ArrayList<>();
    private final IdentityHashMap<MessageContext, int[]> openConnections = new IdentityHashMap<>();
    private final Deque<Connection> closedConnections = new ArrayDeque<>();

    private Mailboxes(int port, MailboxHabits habits, boolean keepsMails) {
        this.habits = habits;
        this.keepsMails = keepsMails;
        this.server = SMTPServer.port(port)
                .bindAddress(InetAddress.ofLiteral("127.0.0.1"))
                .hostName("mailboxes.example")
                .softwareName("mailboxes")
                .backlog(256)
                .serverSocketFactory(PromptServerSocket::new)
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .maxMessageSize(LARGEST_MAIL)
                .sessionHandler(new Connections())
                .messageHandlerFactory(Receipt::new)
                .build();
        server.start();
    }

    /**
     * Opens the mailboxes and keeps what the mails hold for {@link #takeArrived}. With 200,000 mails waiting, further
     * ones are told to try later (452).
     *
     * @param port where to listen on 127.0.0.1, 0 for any free port
     */
    public static Mailboxes open(int port, MailboxHabits habits) {
        return new Mailboxes(port, habits, true);
    }

    /** Opens mailboxes that count mails and keep nothing of them. */
    public static Mailboxes counting(int port, MailboxHabits habits) {
        return new Mailboxes(port, habits, false);
    }

    /** The port listened on. */
    public int port() {
        return server.getPortAllocated();
    }

    /** How many mails were accepted for a recipient. */
    public int accepted(String recipient) {
        return accepted.getOrDefault(recipient.toLowerCase(Locale.ROOT), 0);
    }

    /** How many mails were accepted for each recipient that got any; addresses in lower case. */
    public Map<String, Integer> acceptedByRecipient() {
        return Map.copyOf(accepted);
    }

    /** How many mails were accepted in all, one for each recipient. */
    public long accepted() {
        return acceptedInAll.get();
    }

    /** How many recipients were refused with a permanent error (5xx). */
    public long refusedForGood() {
        return refusedForGood.get();
    }

    /** How many recipients were refused with a temporary error (4xx). */
    public long refusedForNow() {
        return refusedForNow.get();
    }

    /** The connections so far, the open ones last; of the closed ones the latest 10,000. */
    public List<Connection> connections() {
        synchronized (lock) {
            List<Connection> connections = new ArrayList<>(closedConnections);
            openConnections.forEach(
                    (session, count) -> connections.add(new Connection(clientOf(session), count[0], true)));
            return Collections.unmodifiableList(connections);
        }
    }

    /** How many connections are open. */
    public int openConnections() {
        synchronized (lock) {
            return openConnections.size();
        }
    }

    /** Takes the mails accepted since it was last called, in the order of their arrival. */
    public List<Mail> takeArrived() {
        synchronized (lock) {
            List<Mail> taken = arrived;
            arrived = new ArrayList<>();
            return taken;
        }
    }

    /** Stops listening and cuts the connections. */
    @Override
    public void close() {
        server.stop();
    }

    private static String clientOf(MessageContext session) {
        return String.valueOf(session.getRemoteAddress());
    }

    /** Takes the mail in for all its recipients, or for none. */
    private void accept(MessageContext session, List<String> recipients, List<Mail> mails) throws RejectException {
        synchronized (lock) {
            if (keepsMails && arrived.size() + mails.size() > MOST_MAILS_WAITING)
                throw new RejectException(452, "4.3.1 too many mails waiting to be read");
            arrived.addAll(mails);
            int[] count = openConnections.get(session);
            if (count != null) count[0]++;
        }
        for (String recipient : recipients) accepted.merge(recipient, 1, Integer::sum);
        acceptedInAll.addAndGet(recipients.size());
    }

    private final class Connections implements SessionHandler {
        @Override
        public SessionAcceptance accept(Session session) {
            synchronized (lock) {
                openConnections.put(session, new int[1]);
            }
            return SessionAcceptance.success();
        }

        @Override
        public void onSessionEnd(Session session) {
            synchronized (lock) {
                int[] count = openConnections.remove(session);
                if (count == null) return;
                closedConnections.addLast(new Connection(clientOf(session), count[0], false));
                if (closedConnections.size() > MOST_CONNECTIONS_REMEMBERED) closedConnections.removeFirst();
            }
        }
    }

    /** One mail on its way in. */
    private final class Receipt implements MessageHandler {
        private final MessageContext session;
        private final List<String> recipients = new ArrayList<>(1);

        private Receipt(MessageContext session) {
            this.session = session;
        }

        @Override
        public void from(String from) {}

        @Override
        public void recipient(String address) throws RejectException {
            String recipient = address.toLowerCase(Locale.ROOT);
            Answer answer = habits.answer(recipient, toldToTryLater.getOrDefault(recipient, 0));
            switch (answer) {
                case ACCEPT -> recipients.add(recipient);
                case UNKNOWN_USER -> {
                    refusedForGood.incrementAndGet();
                    throw new RejectException(550, "5.1.1 no such user here");
                }
                case TRY_LATER -> {
                    refusedForNow.incrementAndGet();
                    toldToTryLater.merge(recipient, 1, Integer::sum);
                    throw new RejectException(451, "4.7.1 not now, try again later");
                }
            }
        }

        @Override
        public String data(InputStream data) throws RejectException, IOException {
            List<Mail> mails = keepsMails ? read(data) : skip(data);
            Mailboxes.this.accept(session, recipients, mails);
            return "2.0.0 accepted";
        }

        @Override
        public void done() {}

        private List<Mail> read(InputStream data) throws RejectException, IOException {
            byte[] bytes = data.readNBytes(LARGEST_MAIL);
            if (data.read() >= 0) {
                data.transferTo(OutputStream.nullOutputStream());
                throw new RejectException(552, "5.3.4 mails of more than 2 MB are not taken");
            }
            try {
                Mail mail = MailReader.read(recipients.getFirst(), bytes);
                return recipients.stream().map(mail::to).toList();
            } catch (IOException e) {
                throw new RejectException(554, "5.6.0 " + oneLine(String.valueOf(e.getMessage())));
            }
        }

        private List<Mail> skip(InputStream data) throws IOException {
            data.transferTo(OutputStream.nullOutputStream());
            return List.of();
        }
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.substring(0, Math.min(line.length(), 200));
    }

    /** Sends each answer at once: with Nagle's algorithm on, every mail would wait for a delayed acknowledgement. */
    private static final class PromptServerSocket extends ServerSocket {
        private PromptServerSocket() throws IOException {
            super();
        }

        @Override
        public Socket accept() throws IOException {
            Socket socket = super.accept();
            socket.setTcpNoDelay(true);
            return socket;
        }
    }
}
