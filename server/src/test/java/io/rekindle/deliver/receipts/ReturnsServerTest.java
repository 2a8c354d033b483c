package io.rekindle.deliver.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Handover;
import io.rekindle.deliver.channel.Letter;
import io.rekindle.deliver.links.Links;
import io.rekindle.deliver.links.Tokens;
import io.rekindle.deliver.smtp.MailProvider;
import io.rekindle.deliver.smtp.Postfix;
import io.rekindle.deliver.smtp.ReturnAddresses;
import io.rekindle.deliver.smtp.ReturnSettings;
import io.rekindle.deliver.smtp.ScriptedMailServer;
import io.rekindle.deliver.smtp.ScriptedMailServer.Script;
import io.rekindle.platform.Vault;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Mail comes back by SMTP, as mail servers bring it. */
@RekindleTest
class ReturnsServerTest {
    private static final String DOMAIN = "returns.shop.example";

    @Autowired
    private Returns returns;

    @Autowired
    private Tokens tokens;

    @Autowired
    private Links links;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Suppressions suppressions;

    @Autowired
    private EventLog log;

    @Autowired
    private Tails tails;

    @Autowired
    private Warehouse warehouse;

    private @Nullable ReturnsServer server;
    private ReturnAddresses addresses = new ReturnAddresses(new Tokens(new Vault(new byte[32])), ReturnSettings.NONE);

    @BeforeEach
    void start() {
        var settings = new ReturnSettings(DOMAIN, 0, "127.0.0.1");
        addresses = new ReturnAddresses(tokens, settings);
        var made = new ReturnsServer(settings, addresses, returns);
        made.start();
        server = made;
    }

    @AfterEach
    void stop() {
        if (server != null) server.stop();
    }

    /** A mail that was sent, to an address of its own; its hash. */
    private long sent(long id) {
        long hash = suppressions.addressHash(Permissions.EMAIL, "returns-%d@example.net".formatted(id));
        jdbc.sql("""
                        insert into message_runs (run_id, campaign_id, purpose, channel, template_id, template_version,
                            window_from, window_to, expires_at, finished)
                        values (:run, 9, 'marketing', 'email', 1, 1, '09:00', '20:00', '2099-01-01T00:00:00Z', true)
                        """).param("run", id).update();
        jdbc.sql("""
                        insert into messages (message_id, decision_id, run_id, campaign_id, channel, customer_id, state,
                            due_at, changed_at, sent_at, address_hash)
                        values (:id, :id, :id, 9, 'email', :id, 'sent', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z',
                            '2026-02-01T00:00:00Z', :hash)
                        """).param("id", id).param("hash", hash).update();
        return hash;
    }

    private void bring(String to, String mail) throws Exception {
        var port = server == null ? 0 : server.port().orElseThrow();
        var session = Session.getInstance(new Properties());
        session.getProperties().put("mail.smtp.from", "MAILER-DAEMON@mx.example");
        session.getProperties().put("mail.smtp.localhost", "mx.example");
        try (var transport = (SMTPTransport) session.getTransport("smtp")) {
            transport.connect("127.0.0.1", port, null, null);
            transport.sendMessage(
                    new MimeMessage(session, new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8))),
                    new InternetAddress[] {new InternetAddress(to)});
        }
        tails.awaitAll(log.lastSeq());
    }

    private String reason(long message) {
        return jdbc.sql("select state || ' ' || coalesce(reason, '') from messages where message_id = :id")
                .param("id", message)
                .query(String.class)
                .single();
    }

    @Test
    void aDeadAddressIsNotWrittenToAgainAndTheMessageIsBounced() throws Exception {
        long hash = sent(88_001);
        var address = addresses.of(88_001).orElseThrow();
        assertThat(address.substring(0, address.indexOf('@'))).hasSizeLessThanOrEqualTo(64);
        var mail = ReturnedMailTest.failure("failed", "5.1.1", "550 5.1.1 no such user");
        bring(address.toUpperCase(Locale.ROOT), mail);
        assertThat(reason(88_001)).isEqualTo("sent bounced");
        assertThat(suppressions.find(Permissions.EMAIL, hash))
                .extracting(Suppression::reason)
                .containsExactly(Suppression.Reason.HARD_BOUNCE);
        bring(address, mail);
        assertThat(events(88_001)).as("brought twice, told once").isEqualTo(1);
    }

    @Test
    void aFullMailboxIsTriedAgainAnotherTime() throws Exception {
        long hash = sent(88_002);
        bring(addresses.of(88_002).orElseThrow(), ReturnedMailTest.failure("failed", "5.2.2", "552 mailbox full"));
        assertThat(reason(88_002)).isEqualTo("sent bounced");
        assertThat(suppressions.find(Permissions.EMAIL, hash)).isEmpty();
    }

    @Test
    void whatIsLateOrOfARobotChangesNothing() throws Exception {
        sent(88_003);
        bring(addresses.of(88_003).orElseThrow(), ReturnedMailTest.failure("delayed", "4.4.1", "later"));
        bring(addresses.of(88_003).orElseThrow(), "Auto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nx\r\n");
        assertThat(reason(88_003)).isEqualTo("sent ");
        assertThat(events(88_003)).isZero();
    }

    @Test
    void whoComplainsIsNotWrittenToAgain() throws Exception {
        long hash = sent(88_004);
        bring("complaints@" + DOMAIN, ReturnedMailTest.complaint("abuse", links.unsubscribeUrl(88_004)));
        assertThat(suppressions.find(Permissions.EMAIL, hash))
                .extracting(Suppression::reason)
                .containsExactly(Suppression.Reason.COMPLAINT);
        long other = sent(88_005);
        bring("complaints@" + DOMAIN, ReturnedMailTest.complaint("abuse", "https://shop.example/u/forged"));
        assertThat(suppressions.find(Permissions.EMAIL, other)).isEmpty();
    }

    /** The whole way: a mail server that took the mail is refused by the next one, and brings the report here. */
    @Test
    void whatPostfixCannotDeliverComesBack(@TempDir Path folder) throws Exception {
        assumeTrue(Postfix.missing().isEmpty(), () -> Postfix.missing().orElseThrow());
        long dead = sent(88_006);
        long full = sent(88_007);
        var ours = server == null ? 0 : server.port().orElseThrow();
        try (var next = new ScriptedMailServer(Script.accepting().recipient("550 5.1.1 no such user"));
                var postfix = Postfix.start(folder, next.port(), DOMAIN, ours)) {
            handOver(postfix.port(), 88_006);
            await(88_006);
            next.does(Script.accepting().message("552 5.2.2 mailbox full"));
            handOver(postfix.port(), 88_007);
            await(88_007);
        }
        assertThat(suppressions.find(Permissions.EMAIL, dead))
                .extracting(Suppression::reason)
                .containsExactly(Suppression.Reason.HARD_BOUNCE);
        assertThat(suppressions.find(Permissions.EMAIL, full)).isEmpty();
        assertThat(jdbc.sql("select detail from messages where message_id = 88006")
                        .query(String.class)
                        .single())
                .isEqualTo("hard");
    }

    private void handOver(int port, long message) throws Exception {
        var settings = new MailSettings(
                "127.0.0.1",
                port,
                null,
                null,
                "Our shop <shop@shop.example>",
                null,
                1,
                MailSettings.StartTls.OFF,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                0,
                Duration.ofMinutes(1),
                null,
                null,
                null);
        var provider = new MailProvider(settings, links, addresses);
        try (var line = provider.open()) {
            var mail = provider.madeOut(new Letter(
                    message,
                    message,
                    message,
                    false,
                    "someone-%d@nowhere.example".formatted(message),
                    "Hello",
                    "<p>Hello</p>",
                    "Hello",
                    "https://shop.example/u/x",
                    Instant.parse("2026-02-01T00:00:00Z")));
            assertThat(line.send(mail)).isInstanceOf(Handover.Accepted.class);
        }
    }

    private void await(long message) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> reason(message).equals("sent bounced"));
    }

    @Test
    void nothingIsTakenForOthers() {
        for (var stranger : new String[] {
            "bob@shop.example",
            "bob@" + DOMAIN,
            "b-" + "0".repeat(40) + "@" + DOMAIN,
            addresses.of(1).orElseThrow().replace(DOMAIN, "elsewhere.example")
        })
            assertThatThrownBy(() -> bring(stranger, ReturnedMailTest.failure("failed", "5.1.1", "550 no")))
                    .as(stranger)
                    .isInstanceOf(SendFailedException.class);
    }

    private long events(long message) {
        return warehouse
                .query(
                        Sql.of(
                                "select count(*) as n from events where message_id like ?",
                                "rekindle:%d:%%".formatted(message)),
                        row -> row.longValue("n"))
                .getFirst();
    }
}
