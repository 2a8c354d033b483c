package io.rekindle.deliver.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mails as RFC 3464, 5965 and 3834 have them, written by hand. */
class ReturnedMailTest {
    static String report(String type, String machine, String returned) {
        return """
                Return-Path: <>
                From: MAILER-DAEMON@mx.example
                To: whoever@returns.shop.example
                Subject: report
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=%1$s; boundary="==bound"

                --==bound
                Content-Type: text/plain; charset=utf-8

                Something about your mail.

                --==bound
                Content-Type: message/%1$s

                %2$s
                --==bound
                Content-Type: message/rfc822

                %3$s

                Hello
                --==bound--
                """.formatted(type, machine.strip() + "\n", returned.strip()).replace("\n", "\r\n");
    }

    static String failure(String action, String status, String diagnostic) {
        return report("delivery-status", """
                Reporting-MTA: dns; mx.example
                Arrival-Date: Mon, 2 Feb 2026 10:00:00 +0000

                Final-Recipient: rfc822; alice@example.net
                Original-Recipient: rfc822;alice@example.net
                Action: %s
                Status: %s
                Diagnostic-Code: smtp; %s
                """.formatted(action, status, diagnostic), "Subject: Hello");
    }

    static String complaint(String type, String unsubscribe) {
        return report(
                "feedback-report",
                """
                Feedback-Type: %s
                User-Agent: SomeMailbox/1
                Version: 1
                """.formatted(type),
                "Subject: Hello\nList-Unsubscribe: <%s>\nX-Rekindle-Message: 4711".formatted(unsubscribe));
    }

    private static ReturnedMail read(String mail) throws IOException {
        return ReturnedMail.read(new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({
        "5.1.1, 550 5.1.1 <alice@example.net> no such user, true",
        "5.2.1, 550 5.2.1 mailbox disabled, true",
        "5.2.2, 552 5.2.2 mailbox full, false",
        "5.7.1, 554 5.7.1 refused by policy, false",
        "4.4.7, 421 4.4.7 tried for five days, false"
    })
    void aFailureTellsItsStatusAndNoAddress(String status, String diagnostic, boolean forGood) throws Exception {
        assertThat(read(failure("failed", status, diagnostic)))
                .isInstanceOfSatisfying(ReturnedMail.Failed.class, failed -> {
                    assertThat(failed.status()).isEqualTo(status);
                    assertThat(failed.isForGood()).isEqualTo(forGood);
                    assertThat(failed.diagnostic())
                            .contains(diagnostic.substring(0, 9))
                            .doesNotContain("alice");
                });
    }

    @Test
    void whatIsLateIsNotLost() throws Exception {
        assertThat(read(failure("delayed", "4.4.1", "connection timed out"))).isInstanceOf(ReturnedMail.Delayed.class);
        assertThat(read(failure("relayed", "2.0.0", "250 ok"))).isInstanceOf(ReturnedMail.Automatic.class);
    }

    @Test
    void aComplaintTellsTheLinkOfTheMailItIsAbout() throws Exception {
        assertThat(read(complaint("abuse", "https://shop.example/u/abc_-9")))
                .isEqualTo(new ReturnedMail.Complaint("abuse", "<https://shop.example/u/abc_-9>"));
        assertThat(read(complaint("not-spam", "https://shop.example/u/abc")))
                .as("somebody took it out of the spam")
                .isInstanceOf(ReturnedMail.Other.class);
    }

    @Test
    void anAbsenceIsNoBounce() throws Exception {
        assertThat(read("From: a@b.example\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nUntil Monday.\r\n"))
                .isInstanceOf(ReturnedMail.Automatic.class);
        assertThat(read("From: a@b.example\r\nAuto-Submitted: no\r\nSubject: Re\r\n\r\nThanks!\r\n"))
                .isInstanceOf(ReturnedMail.Other.class);
    }

    /** Whatever comes, it is read to some end. */
    @Test
    void brokenMailsSayNothingAndBreakNothing() throws Exception {
        var random = new Random(1);
        for (int n = 0; n < 2_000; n++) {
            var whole = new StringBuilder(
                    n % 2 == 0 ? failure("failed", "5.1.1", "550 no") : complaint("abuse", "https://shop.example/u/a"));
            for (int change = 0; change < 1 + n % 7 && !whole.isEmpty(); change++) {
                int at = random.nextInt(whole.length());
                switch (random.nextInt(3)) {
                    case 0 -> whole.deleteCharAt(at);
                    case 1 -> whole.insert(at, (char) random.nextInt(300));
                    default -> whole.setLength(at + 1);
                }
            }
            assertThat(read(whole.toString())).isNotNull();
        }
    }
}
