package io.rekindle.deliver.receipts;

import io.rekindle.deliver.smtp.ReturnAddresses;
import io.rekindle.deliver.smtp.ReturnSettings;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;

/**
 * Takes in mail that comes back, by SMTP and for return addresses of ours only: nothing is passed on. A mail is answered
 * with yes once what it tells is on disk; a mail server that gets no answer brings it again, which changes nothing.
 */
@Component
class ReturnsServer implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ReturnsServer.class);
    private static final int LARGEST = 4 << 20;
    private static final int MOST_CONNECTIONS = 50;
    private static final int MOST_RECIPIENTS = 100;

    private final ReturnSettings settings;
    private final ReturnAddresses addresses;
    private final Returns returns;
    private volatile @Nullable SMTPServer server;

    ReturnsServer(ReturnSettings settings, ReturnAddresses addresses, Returns returns) {
        this.settings = settings;
        this.addresses = addresses;
        this.returns = returns;
    }

    /** Where it listens; empty when it does not. */
    Optional<Integer> port() {
        return Optional.ofNullable(server).map(SMTPServer::getPortAllocated);
    }

    @Override
    public void start() {
        var port = settings.port();
        var domain = settings.domain();
        if (port == null || domain == null) return;
        var made = SMTPServer.port(port)
                .bindAddress(address())
                .hostName(domain)
                .softwareName("Rekindle")
                .insertReceivedHeaders(false)
                .maxConnections(MOST_CONNECTIONS)
                .maxRecipients(MOST_RECIPIENTS)
                .maxMessageSize(LARGEST)
                .connectionTimeout(60, TimeUnit.SECONDS)
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .messageHandlerFactory(context -> new Handler())
                .build();
        try {
            made.start();
        } catch (RuntimeException e) {
            throw Problem.conflict(
                            "returns_port_taken",
                            "mail that comes back cannot be taken in at {place} (rekindle.returns.port): {why}")
                    .with("place", settings.bind() + ":" + port)
                    .with("why", e.getMessage());
        }
        server = made;
        LOG.info(
                "mail that comes back to {} is taken in at {}:{}; complaints at {}@{}",
                domain,
                settings.bind(),
                made.getPortAllocated(),
                ReturnAddresses.COMPLAINTS,
                domain);
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(settings.bind());
        } catch (UnknownHostException e) {
            throw Problem.invalid(
                            "returns_bind_unknown",
                            "rekindle.returns.bind is '{bind}', which is no address of this machine")
                    .with("bind", settings.bind());
        }
    }

    @Override
    public void stop() {
        var current = server;
        if (current != null) current.stop();
        server = null;
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    private final class Handler implements MessageHandler {
        private final Set<Long> messages = new HashSet<>();
        private boolean complaint;

        @Override
        public void from(String from) {
            // Reports come from nobody (RFC 5321, 4.5.5), and some from a robot; the address they come to is what
            // counts.
        }

        @Override
        public void recipient(String recipient) throws RejectException {
            var message = addresses.message(recipient);
            if (message.isPresent()) messages.add(message.get());
            else if (addresses.isForComplaints(recipient)) complaint = true;
            else throw new RejectException(550, "5.1.1 no such address here");
        }

        @Override
        public @Nullable String data(InputStream data) throws RejectException, IOException {
            var mail = ReturnedMail.read(data);
            try {
                for (var message : messages) returns.take(message, mail);
                if (complaint) returns.take(null, mail);
            } catch (RuntimeException e) {
                LOG.warn("a mail that came back cannot be kept now: {}", e.getMessage());
                throw new RejectException(451, "4.3.0 cannot be kept now, try again");
            }
            return null;
        }

        @Override
        public void done() {
            // A connection may bring more.
        }
    }
}
