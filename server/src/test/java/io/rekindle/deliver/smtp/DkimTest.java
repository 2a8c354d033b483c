package io.rekindle.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Handover;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mails that are signed are held to be ours by somebody else's verifier, and no others are. */
class DkimTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void whatWeSignAnotherVerifierTakesForOurs() throws Exception {
        assumeTrue(OpenDkim.missing().isEmpty(), () -> OpenDkim.missing().orElseThrow());
        var key = DkimKey.of(settings(0, null, pem(2048))).orElseThrow();
        assertThat(key.recordName()).isEqualTo("k1._domainkey.example.com");
        for (var html : new String[] {
            "<p>short</p>", "<p>" + "a long line without an end ".repeat(200) + "</p>", "<p>我们想念你。</p>\n\n\n  \n.\n..\n"
        }) {
            var mail = sent(settings(0, null, pem(2048)), html);
            // Another key each time: the record of the one that signed.
            var record = lastKey.record();
            assertThat(OpenDkim.verdict(folder, lastKey.recordName(), record, mail))
                    .as(html)
                    .contains("verification (s=k1, d=example.com, 2048-bit key")
                    .contains("succeeded");
            for (var changed : new String[] {
                mail.replaceFirst("(?m)^Subject: .*", "Subject: Something else"),
                mail.replaceFirst("(?m)^List-Unsubscribe-Post: .*", "List-Unsubscribe-Post: nothing"),
                mail.stripTrailing() + "\r\nand more\r\n",
            })
                assertThat(OpenDkim.verdict(folder, lastKey.recordName(), record, changed))
                        .as(html)
                        .doesNotContain("succeeded");
            assertThat(OpenDkim.verdict(folder, key.recordName(), key.record(), mail))
                    .as("another key")
                    .doesNotContain("succeeded");
        }
    }

    @Test
    void theSignatureNamesTheDomainThatIsSetAndEveryHeaderThatMatters() throws Exception {
        var mail = sent(settings(0, "mail.example.com", pem(1024)), "<p>text</p>");
        var signature = mail.replaceAll("\r?\n[ \t]+", " ")
                .lines()
                .filter(line -> line.startsWith("DKIM-Signature:"))
                .findFirst()
                .orElseThrow();
        assertThat(signature)
                .contains("d=mail.example.com", "s=k1", "a=rsa-sha256", "c=relaxed/relaxed")
                .doesNotContain(" l=")
                .doesNotContain(" z=");
        var signed = signature.replaceAll(".*[; ]h=([^;]*);.*", "$1").replaceAll("\\s", "");
        assertThat(signed.toLowerCase(java.util.Locale.ROOT).split(":"))
                .contains("from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post");
        assertThat(mail).contains("Message-ID: <0001.0002@example.com>");
    }

    @Test
    void aKeyThatCannotSignIsToldBeforeAnythingIsSent() throws Exception {
        for (var file : new Path[] {
            folder.resolve("none.pem"),
            Files.writeString(folder.resolve("text.pem"), "not a key"),
            Files.writeString(folder.resolve("ec.pem"), pem(ellipticKey())),
            pem(512)
        })
            assertThatThrownBy(() -> DkimKey.of(settings(0, null, file)))
                    .as(String.valueOf(file.getFileName()))
                    .isInstanceOfSatisfying(
                            Problem.class, problem -> assertThat(problem.code()).isEqualTo("dkim_key_unusable"))
                    .hasMessageNotContaining("not a key");
        assertThatThrownBy(() -> settings(0, "no domain", folder)).hasMessageContaining("dkim-domain");
    }

    @SuppressWarnings("NullAway.Init")
    private DkimKey lastKey;

    private String sent(MailSettings template, String html) throws Exception {
        try (var server = new ScriptedMailServer(ScriptedMailServer.Script.accepting())) {
            var file = template.dkimKeyFile();
            assertThat(file).isNotNull();
            var settings = settings(server.port(), template.dkimDomain(), file);
            lastKey = DkimKey.of(settings).orElseThrow();
            try (var connection = SmtpConnection.open(settings, lastKey)) {
                var end = connection.send(new Mail(
                        "0001.0002@example.com",
                        "b-0001@returns.example.com",
                        "alice@example.net",
                        "我们想念你, Alice, with a subject of more than one line of a mail's header, as it happens",
                        html,
                        "text",
                        Instant.parse("2026-03-01T10:00:00Z"),
                        Map.of(
                                "List-Unsubscribe",
                                "<https://shop.example/u/1>",
                                "List-Unsubscribe-Post",
                                "List-Unsubscribe=One-Click")));
                assertThat(end).isInstanceOf(Handover.Accepted.class);
            }
            return server.received().getFirst();
        }
    }

    private static MailSettings settings(int port, @Nullable String domain, Path keyFile) {
        return new MailSettings(
                "127.0.0.1",
                port == 0 ? 25 : port,
                null,
                null,
                "Our shop <shop@Example.com>",
                null,
                1,
                MailSettings.StartTls.OFF,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                0,
                Duration.ofMinutes(15),
                "k1",
                domain,
                keyFile);
    }

    private Path pem(int bits) throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return Files.writeString(Files.createTempFile(folder, "key", ".pem"), pem(generator.generateKeyPair()));
    }

    private static KeyPair ellipticKey() throws Exception {
        return KeyPairGenerator.getInstance("EC").generateKeyPair();
    }

    private static String pem(KeyPair pair) throws IOException {
        return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                .formatted(
                        Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded()));
    }
}
