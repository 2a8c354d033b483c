package io.rekindle.deliver.smtp;

import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Handover;
import io.rekindle.deliver.channel.Line;
import io.rekindle.deliver.channel.Refusal;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.util.StreamProvider;
import java.io.IOException;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.eclipse.angus.mail.util.MailStreamProvider;
import org.jspecify.annotations.Nullable;
import org.simplejavamail.utils.mail.dkim.DkimMessage;
import org.simplejavamail.utils.mail.dkim.DkimSigner;

/** One connection to the mail server, used by one thread. */
public final class SmtpConnection implements Line<Mail> {
    static {
        // Asked for several times a mail, and without this looked for in every jar each time: half of a mail's cost.
        if (System.getProperty(StreamProvider.class.getName()) == null)
            System.setProperty(StreamProvider.class.getName(), MailStreamProvider.class.getName());
    }

    private final MailSettings settings;
    private final Session session;
    private final DotAware transport;
    private final @Nullable DkimSigner signer;
    private boolean usable = true;

    private SmtpConnection(MailSettings settings, Session session, DotAware transport, @Nullable DkimSigner signer) {
        this.settings = settings;
        this.session = session;
        this.transport = transport;
        this.signer = signer;
    }

    /**
     * Connects and, if a user is set, signs in.
     *
     * @param key what mails are signed with; null: they are not
     * @throws jakarta.mail.AuthenticationFailedException when user and password are refused
     */
    public static SmtpConnection open(MailSettings settings, @Nullable DkimKey key) throws MessagingException {
        var session = Session.getInstance(properties(settings));
        var transport = new DotAware(session);
        transport.connect(settings.host(), settings.port(), settings.user(), settings.password());
        return new SmtpConnection(settings, session, transport, key == null ? null : key.signer());
    }

    /** Asking the server would cost a round trip a mail. */
    @Override
    public boolean isUsable() {
        return usable;
    }

    @Override
    public Handover send(Mail mail) {
        SMTPMessage message;
        Address recipient;
        try {
            recipient = new InternetAddress(mail.to(), true);
            message = new MimeMail(session, settings, mail);
            if (signer != null) message = new DkimMessage(message, signer);
            if (mail.returnPath() != null) message.setEnvelopeFrom(mail.returnPath());
        } catch (AddressException e) {
            return new Handover.Refused(Refusal.ADDRESS, "553 5.1.3 not a mail address");
        } catch (MessagingException e) {
            return new Handover.Refused(Refusal.MESSAGE, "554 5.6.0 cannot be written: " + line(e));
        }
        transport.dotted = false;
        try {
            transport.sendMessage(message, new Address[] {recipient});
            return new Handover.Accepted(line(transport.getLastServerResponse()));
        } catch (MessagingException | RuntimeException e) {
            var reply = Reply.in(e);
            // RFC 5321, 3.8: 421 announces that the server closes the connection.
            usable = reply != null && reply.code() != 421;
            if (reply != null) return reply.handover();
            return transport.dotted ? new Handover.Undecided(line(e)) : new Handover.Unsent(line(e));
        }
    }

    @Override
    public void close() {
        try {
            transport.close();
        } catch (MessagingException | RuntimeException e) {
            // The mail server is gone already; what was sent on this connection has been judged.
        }
    }

    private static String line(Exception e) {
        return line(e.getClass().getSimpleName() + ": " + e.getMessage());
    }

    /** One line without addresses: it is kept where personal data is not. */
    public static String line(String text) {
        var line = text.replaceAll("[^\\s<>:,;]+@[^\\s<>:,;]+", "(address)")
                .replaceAll("\\s+", " ")
                .strip();
        return line.substring(0, Math.min(line.length(), 500));
    }

    private static Properties properties(MailSettings settings) throws AddressException {
        var sender = new InternetAddress(settings.from(), true).getAddress();
        var properties = new Properties();
        properties.put("mail.smtp.socketFactory", new PromptSocketFactory());
        properties.put("mail.smtp.socketFactory.fallback", "false");
        properties.put("mail.smtp.from", sender);
        // Otherwise this machine's name is looked up, which may hang.
        properties.put("mail.smtp.localhost", sender.substring(sender.indexOf('@') + 1));
        properties.put("mail.smtp.auth", Boolean.toString(settings.user() != null));
        properties.put(
                "mail.smtp.connectiontimeout",
                Long.toString(settings.connectTimeout().toMillis()));
        properties.put(
                "mail.smtp.timeout", Long.toString(settings.replyTimeout().toMillis()));
        properties.put(
                "mail.smtp.writetimeout", Long.toString(settings.replyTimeout().toMillis()));
        properties.put("mail.smtp.quitwait", "false");
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        switch (settings.startTls()) {
            case OFF -> properties.put("mail.smtp.starttls.enable", "false");
            case IF_OFFERED -> properties.put("mail.smtp.starttls.enable", "true");
            case REQUIRED -> {
                properties.put("mail.smtp.starttls.enable", "true");
                properties.put("mail.smtp.starttls.required", "true");
            }
        }
        return properties;
    }

    /** Knows whether the final dot may have gone out: only after that can the mail server have taken the mail. */
    private static final class DotAware extends SMTPTransport {
        private boolean dotted;

        private DotAware(Session session) {
            super(session, new URLName("smtp", null, -1, null, null, null));
        }

        @Override
        protected void finishData() throws IOException, MessagingException {
            dotted = true;
            super.finishData();
        }
    }
}
