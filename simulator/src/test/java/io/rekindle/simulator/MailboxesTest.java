package io.rekindle.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.simulator.MailboxHabits.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class MailboxesTest {
    private static final String UNSUBSCRIBE = "http://127.0.0.1:1/u/abc";

    @Test
    void anAcceptedMailIsCountedAndTakenApart() throws Exception {
        String html = """
                <p>亲爱的客户</p><img src="http://127.0.0.1:1/t/o/1.gif">
                <a href="http://127.0.0.1:1/t/c/1?a=1&amp;b=2">To the shop</a>
                <a href="http://127.0.0.1:1/u/abc">Leave this list</a> <a href="http://127.0.0.1:1/u/x">退订</a>
                <a href="mailto:someone@shop.example">write</a> <p>Your code: WB-7F3K9Q.</p>""";
        try (Mailboxes mailboxes = Mailboxes.open(0, MailboxHabits.acceptAll());
                TestPost post = new TestPost(mailboxes.port())) {
            assertThat(post.send("Ann.Smith@mail.example", html, UNSUBSCRIBE)).isEqualTo(250);
            assertThat(mailboxes.takeArrived())
                    .containsExactly(new Mail(
                            "ann.smith@mail.example",
                            "We miss you · 好久不见",
                            List.of("http://127.0.0.1:1/t/c/1?a=1&b=2"),
                            List.of("http://127.0.0.1:1/u/abc", "http://127.0.0.1:1/u/x"),
                            List.of("http://127.0.0.1:1/t/o/1.gif"),
                            UNSUBSCRIBE,
                            true,
                            "WB-7F3K9Q"));
            assertThat(mailboxes.takeArrived()).isEmpty();
            assertThat(mailboxes.accepted("ann.smith@MAIL.example")).isEqualTo(1);
            assertThat(mailboxes.accepted("bob@mail.example")).isZero();
        }
    }

    @Test
    void aCodeMarkedUpAsOneIsFoundInAnyAlphabetOfCodes() throws Exception {
        try (Mailboxes mailboxes = Mailboxes.open(0, MailboxHabits.acceptAll());
                TestPost post = new TestPost(mailboxes.port())) {
            post.send("a@mail.example", "<b class='coupon'> back10-x </b>", UNSUBSCRIBE);
            post.send("a@mail.example", "<b data-coupon='Z9'>your gift</b>", UNSUBSCRIBE);
            post.send("a@mail.example", "<p>优惠码：HUI2026</p>", UNSUBSCRIBE);
            post.send("a@mail.example", "<p>We follow a code of conduct: BE KIND</p>", UNSUBSCRIBE);
            assertThat(mailboxes.takeArrived().stream().map(mail -> String.valueOf(mail.coupon())))
                    .containsExactly("back10-x", "Z9", "HUI2026", "null");
        }
    }

    @Test
    void unknownUsersAreRefusedForGoodAndCautiousServersOnlyTheFirstTime() throws Exception {
        MailboxHabits habits = (recipient, triedBefore) -> switch (recipient) {
            case "gone@mail.example" -> Answer.UNKNOWN_USER;
            case "later@mail.example" -> triedBefore == 0 ? Answer.TRY_LATER : Answer.ACCEPT;
            default -> Answer.ACCEPT;
        };
        try (Mailboxes mailboxes = Mailboxes.open(0, habits);
                TestPost post = new TestPost(mailboxes.port())) {
            assertThat(post.send("gone@mail.example", "x", UNSUBSCRIBE)).isEqualTo(550);
            assertThat(post.send("later@mail.example", "x", UNSUBSCRIBE)).isEqualTo(451);
            assertThat(post.send("later@mail.example", "x", UNSUBSCRIBE)).isEqualTo(250);
            assertThat(post.send("later@mail.example", "x", UNSUBSCRIBE)).isEqualTo(250);
            assertThat(mailboxes.acceptedByRecipient()).isEqualTo(Map.of("later@mail.example", 2));
            assertThat(mailboxes.refusedForGood()).isEqualTo(1);
            assertThat(mailboxes.refusedForNow()).isEqualTo(1);
        }
    }

    @Test
    void mailsOfSeveralConnectionsAreCountedPerRecipientAndPerConnection() throws Exception {
        int connections = 6;
        int each = 200;
        try (Mailboxes mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll());
                ExecutorService senders = Executors.newFixedThreadPool(connections)) {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int connection = 0; connection < connections; connection++)
                work.add(() -> {
                    int accepted = 0;
                    try (TestPost post = new TestPost(mailboxes.port())) {
                        for (int mail = 0; mail < each; mail++)
                            if (post.send("user%d@mail.example".formatted(mail), "<p>hello", UNSUBSCRIBE) == 250)
                                accepted++;
                    }
                    return accepted;
                });
            for (Future<Integer> sender : senders.invokeAll(work))
                assertThat(sender.get()).isEqualTo(each);
            assertThat(mailboxes.accepted()).isEqualTo((long) connections * each);
            assertThat(mailboxes.acceptedByRecipient()).hasSize(each);
            assertThat(mailboxes.acceptedByRecipient().values()).containsOnly(connections);
            until(() -> mailboxes.openConnections() == 0);
            assertThat(mailboxes.connections())
                    .hasSize(connections)
                    .allSatisfy(connection -> assertThat(connection.accepted()).isEqualTo(each));
            assertThat(mailboxes.takeArrived()).isEmpty();
        }
    }

    @Test
    void aMailThatBreaksOffBeforeItsFinalDotIsNotAccepted() throws Exception {
        try (Mailboxes mailboxes = Mailboxes.open(0, MailboxHabits.acceptAll())) {
            try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), mailboxes.port());
                    BufferedReader answers =
                            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
                assertThat(answers.readLine()).startsWith("220");
                say(socket.getOutputStream(), answers, "HELO shop.example", "250");
                say(socket.getOutputStream(), answers, "MAIL FROM:<shop@shop.example>", "250");
                say(socket.getOutputStream(), answers, "RCPT TO:<ann@mail.example>", "250");
                say(socket.getOutputStream(), answers, "DATA", "354");
                socket.getOutputStream().write("Subject: half a ma".getBytes(US_ASCII));
                assertThat(mailboxes.openConnections()).isEqualTo(1);
            }
            until(() -> mailboxes.openConnections() == 0);
            assertThat(mailboxes.accepted("ann@mail.example")).isZero();
            assertThat(mailboxes.takeArrived()).isEmpty();
            assertThat(mailboxes.connections())
                    .singleElement()
                    .satisfies(connection -> assertThat(connection.accepted()).isZero());
        }
    }

    private static void say(OutputStream out, BufferedReader answers, String line, String expected) throws Exception {
        out.write((line + "\r\n").getBytes(US_ASCII));
        out.flush();
        assertThat(answers.readLine()).startsWith(expected);
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
