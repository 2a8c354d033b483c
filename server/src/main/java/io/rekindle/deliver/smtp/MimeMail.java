package io.rekindle.deliver.smtp;

import io.rekindle.deliver.MailSettings;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/** A mail as multipart/alternative (RFC 2046): plain text first, HTML as the richer form after it. */
final class MimeMail extends SMTPMessage {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private final String id;

    MimeMail(Session session, MailSettings settings, Mail mail) throws MessagingException {
        super(session);
        this.id = mail.messageId();
        setFrom(new InternetAddress(settings.from(), true));
        if (settings.replyTo() != null)
            setReplyTo(new InternetAddress[] {new InternetAddress(settings.replyTo(), true)});
        setRecipient(Message.RecipientType.TO, new InternetAddress(mail.to(), true));
        setSubject(mail.subject(), UTF_8);
        setSentDate(Date.from(mail.date()));
        for (var header : mail.headers().entrySet()) setHeader(header.getKey(), header.getValue());
        var text = new MimeBodyPart();
        text.setText(mail.text(), UTF_8, "plain");
        var html = new MimeBodyPart();
        html.setText(mail.html(), UTF_8, "html");
        setContent(new MimeMultipart("alternative", text, html));
        saveChanges();
    }

    @Override
    protected void updateMessageID() throws MessagingException {
        setHeader("Message-ID", "<" + id + ">");
    }
}
