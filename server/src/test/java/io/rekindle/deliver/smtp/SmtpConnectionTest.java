package io.rekindle.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Handover;
import io.rekindle.deliver.channel.Refusal;
import io.rekindle.deliver.smtp.ScriptedMailServer.BreaksOff;
import io.rekindle.deliver.smtp.ScriptedMailServer.Script;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SmtpConnectionTest {
    private static final Instant WHEN = Instant.parse("2026-03-01T09:00:00Z");

    @Test
    void aMailTheServerTookIsAccepted() throws Exception {
        var end = send(Script.accepting());
        assertThat(end).isEqualTo(new Handover.Accepted("250 2.0.0 queued as 4711"));
    }

    @Test
    void anUnknownRecipientIsRefusedForGoodAndTheAddressIsDead() throws Exception {
        var end = send(Script.accepting().recipient("550 5.1.1 <alice@example.com> no such user"));
        assertThat(end).isInstanceOfSatisfying(Handover.Refused.class, refused -> {
            assertThat(refused.refusal()).isEqualTo(Refusal.ADDRESS);
            assertThat(refused.detail()).startsWith("550 5.1.1");
        });
    }

    @Test
    void theServersReplyIsKeptWithoutTheAddress() throws Exception {
        var end = send(Script.accepting().recipient("550 5.1.1 <alice@example.com> no such user"));
        assertThat(end.detail()).contains("5.1.1").contains("no such user").doesNotContain("alice");
    }

    @Test
    void aFullMailboxOrAPolicyIsRefusedButTheAddressIsNotDead() throws Exception {
        for (var reply : new String[] {"552 5.2.2 mailbox full", "550 5.7.1 not from you"}) {
            var end = send(Script.accepting().recipient(reply));
            assertThat(end)
                    .as(reply)
                    .isInstanceOfSatisfying(
                            Handover.Refused.class,
                            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.RECIPIENT));
        }
    }

    @Test
    void aRefusedSenderIsNotTheRecipientsFault() throws Exception {
        var end = send(Script.accepting().sender("550 5.1.8 we do not know you"));
        assertThat(end).isInstanceOfSatisfying(Handover.Refused.class, refused -> {
            assertThat(refused.refusal()).isEqualTo(Refusal.SENDER);
        });
    }

    @Test
    void aFourHundredAtAnyStepIsPostponed() throws Exception {
        for (var script : new Script[] {
            Script.accepting().sender("451 4.3.0 later"),
            Script.accepting().recipient("450 4.2.0 greylisted"),
            Script.accepting().message("452 4.3.1 disk full")
        }) {
            assertThat(send(script)).as(script.toString()).isInstanceOf(Handover.Postponed.class);
        }
    }

    @Test
    void aMessageRefusedAfterTheFinalDotIsRefusedNotInDoubt() throws Exception {
        var end = send(Script.accepting().message("554 5.6.0 looks like advertising"));
        assertThat(end)
                .isInstanceOfSatisfying(
                        Handover.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.MESSAGE));
    }

    @Test
    void aConnectionThatBreaksBeforeTheFinalDotLeavesTheMailUnsent() throws Exception {
        for (var where : new BreaksOff[] {BreaksOff.AFTER_SENDER, BreaksOff.WITHIN_MESSAGE}) {
            try (var server = new ScriptedMailServer(Script.accepting().breaksOff(where));
                    var connection = SmtpConnection.open(settings(server.port()), null)) {
                // Larger than what sockets hold, so that writing it meets the broken connection.
                assertThat(connection.send(mail("x".repeat(8_000_000))))
                        .as(where.toString())
                        .isInstanceOf(Handover.Unsent.class);
                assertThat(server.received()).isEmpty();
                assertThat(connection.isUsable()).isFalse();
            }
        }
    }

    @Test
    void aConnectionThatBreaksAfterTheFinalDotLeavesTheMailUndecided() throws Exception {
        assertThat(send(Script.accepting().breaksOff(BreaksOff.AFTER_FINAL_DOT)))
                .isInstanceOf(Handover.Undecided.class);
    }

    @Test
    void aServerThatNeverAnswersTheFinalDotLeavesTheMailUndecidedInTime() throws Exception {
        assertThat(send(Script.accepting().neverAnswers())).isInstanceOf(Handover.Undecided.class);
    }

    @Test
    void aServerThatIsNotThereIsNoticedBeforeAnythingIsSent() {
        assertThatThrownBy(() -> SmtpConnection.open(settings(1), null)).isInstanceOf(MessagingException.class);
    }

    @Test
    void withoutEncryptionNothingIsSentWhereEncryptionIsRequired() throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting())) {
            var strict = new MailSettings(
                    "127.0.0.1",
                    server.port(),
                    null,
                    null,
                    "shop@example.com",
                    null,
                    1,
                    MailSettings.StartTls.REQUIRED,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    6,
                    Duration.ofMinutes(15),
                    null,
                    null,
                    null);
            assertThatThrownBy(() -> SmtpConnection.open(strict, null)).hasMessageContaining("STARTTLS");
        }
    }

    @Test
    void severalMailsGoOverOneConnectionAlsoAfterARefusal() throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting().recipient("550 5.1.1 no"));
                var connection = SmtpConnection.open(settings(server.port()), null)) {
            assertThat(connection.send(mail("one"))).isInstanceOf(Handover.Refused.class);
            assertThat(connection.isUsable()).isTrue();
            assertThat(connection.send(mail("two"))).isInstanceOf(Handover.Refused.class);
        }
    }

    @Test
    void theMailIsPlainTextAndHtmlInUtf8WithItsOwnIdAndDate() throws Exception {
        var read = received(mail("Grüße <b>你好</b>"));
        assertThat(read.getSubject()).isEqualTo("Wir vermissen Sie – 我们想念您");
        assertThat(read.getHeader("Message-ID", ",")).isEqualTo("<1.2@example.com>");
        assertThat(read.getSentDate().toInstant()).isEqualTo(WHEN);
        assertThat(read.getHeader("List-Unsubscribe-Post", ",")).isEqualTo("List-Unsubscribe=One-Click");
        assertThat(read.getFrom()[0].toString()).isEqualTo("Our shop <shop@example.com>");
        assertThat(read.getReplyTo()[0].toString()).isEqualTo("answers@example.com");
        assertThat(read.isMimeType("multipart/alternative")).isTrue();
        var parts = (Multipart) read.getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(parts.getBodyPart(0).isMimeType("text/plain")).isTrue();
        assertThat(parts.getBodyPart(0).getContent().toString().strip()).isEqualTo("纯文本 text");
        assertThat(parts.getBodyPart(1).isMimeType("text/html")).isTrue();
        assertThat(parts.getBodyPart(1).getContent().toString().strip()).isEqualTo("Grüße <b>你好</b>");
    }

    @Test
    void aLineBreakInTheSubjectWritesNoHeader() throws Exception {
        var plain = mail("x");
        var forged = new Mail(
                plain.messageId(),
                null,
                plain.to(),
                "Hello\r\nBcc: eve@example.com",
                "x",
                "x",
                plain.date(),
                plain.headers());
        var read = received(forged);
        assertThat(read.getHeader("Bcc")).isNull();
        assertThat(read.getSubject()).isEqualTo("Hello Bcc: eve@example.com");
    }

    private static MimeMessage received(Mail mail) throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting());
                var connection = SmtpConnection.open(settings(server.port()), null)) {
            assertThat(connection.send(mail)).isInstanceOf(Handover.Accepted.class);
            return new MimeMessage(
                    Session.getInstance(new Properties()),
                    new ByteArrayInputStream(server.received().getFirst().getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static Handover send(Script script) throws Exception {
        try (var server = new ScriptedMailServer(script);
                var connection = SmtpConnection.open(settings(server.port()), null)) {
            return connection.send(mail("hello"));
        }
    }

    private static Mail mail(String html) {
        return new Mail(
                "1.2@example.com",
                null,
                "alice@example.com",
                "Wir vermissen Sie – 我们想念您",
                html,
                "纯文本 text",
                WHEN,
                Map.of("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }

    private static MailSettings settings(int port) {
        return new MailSettings(
                "127.0.0.1",
                port,
                null,
                null,
                "Our shop <shop@example.com>",
                "answers@example.com",
                1,
                MailSettings.StartTls.OFF,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                6,
                Duration.ofMinutes(15),
                null,
                null,
                null);
    }
}
