package io.rekindle.simulator;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;
import javax.net.SocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.jspecify.annotations.Nullable;

/** A real SMTP client on one connection. */
final class TestPost implements AutoCloseable {
    private final Session session;
    private final Transport transport;

    TestPost(int port) throws MessagingException {
        Properties properties = new Properties();
        properties.put("mail.smtp.host", "127.0.0.1");
        properties.put("mail.smtp.port", String.valueOf(port));
        properties.put("mail.smtp.socketFactory", new Prompt());
        properties.put("mail.smtp.socketFactory.fallback", "false");
        session = Session.getInstance(properties);
        transport = session.getTransport("smtp");
        transport.connect();
    }

    /** Sends a mail and gives the code its recipient was answered with. */
    int send(String to, String html, String listUnsubscribe) throws MessagingException {
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress("shop@shop.example"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
        message.setSubject("We miss you · 好久不见", "UTF-8");
        message.setHeader("List-Unsubscribe", "<mailto:leave@shop.example>, <" + listUnsubscribe + ">");
        message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        MimeBodyPart text = new MimeBodyPart();
        text.setText("Please see the HTML part.", "UTF-8");
        MimeBodyPart rich = new MimeBodyPart();
        rich.setContent(html, "text/html; charset=UTF-8");
        message.setContent(new MimeMultipart("alternative", text, rich));
        message.saveChanges();
        try {
            transport.sendMessage(message, message.getAllRecipients());
            return 250;
        } catch (MessagingException e) {
            for (Exception cause = e; cause != null; cause = next(cause))
                if (cause instanceof SMTPAddressFailedException refused) return refused.getReturnCode();
            throw e;
        }
    }

    private static @Nullable Exception next(Exception cause) {
        return cause instanceof MessagingException messaging ? messaging.getNextException() : null;
    }

    @Override
    public void close() throws MessagingException {
        transport.close();
    }

    /** Angus Mail leaves Nagle's algorithm on, which makes every mail wait for a delayed acknowledgement. */
    private static final class Prompt extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw new IOException("only unconnected sockets are asked for");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            throw new IOException("only unconnected sockets are asked for");
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw new IOException("only unconnected sockets are asked for");
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            throw new IOException("only unconnected sockets are asked for");
        }
    }
}
