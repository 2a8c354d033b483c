package io.rekindle.deliver.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.smtp.ScriptedMailServer;
import io.rekindle.deliver.smtp.ScriptedMailServer.BreaksOff;
import io.rekindle.deliver.smtp.ScriptedMailServer.Script;
import io.rekindle.plan.CouponCode;
import io.rekindle.simulator.MailboxHabits;
import io.rekindle.simulator.Mailboxes;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final TestOutbox outbox = TestOutbox.empty();

    @AfterEach
    void close() {
        outbox.close();
    }

    @Test
    void everyMessageIsSentOnceAndEachStepIsWrittenDown() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.enqueue(TestOutbox.run(1), 300);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 300L));
            assertThat(mailboxes.acceptedByRecipient())
                    .hasSize(300)
                    .allSatisfy((who, n) -> assertThat(n).isEqualTo(1));
            assertThat(outbox.history(100_001)).containsExactly("ready", "sending", "sent");
            assertThat(mailboxes.connections()).hasSizeLessThanOrEqualTo(4);
            assertThat(outbox.courier.finished()).containsExactly(1L);
        }
    }

    @Test
    void twoServersOnOneOutboxSendNothingTwice() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.enqueue(TestOutbox.run(1), 600);
            // The later start takes what the earlier one is sending for left behind, and never sends it again.
            outbox.start(mailboxes.port());
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(mailboxes.acceptedByRecipient().values())
                    .allSatisfy(n -> assertThat(n).isEqualTo(1));
        }
    }

    /** More errors than there are threads: one that ended would be missed. */
    @Test
    void errorsOfTheJavaMachineEndNoSenderAndNothingIsLostOrSentTwice() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.enqueue(TestOutbox.run(1), 50);
            outbox.courier.failNextWith(
                    new OutOfMemoryError("injected"),
                    new StackOverflowError("injected"),
                    new OutOfMemoryError("injected"),
                    new StackOverflowError("injected"),
                    new OutOfMemoryError("injected"),
                    new AssertionError("injected"),
                    new OutOfMemoryError("injected"));
            outbox.start(mailboxes.port());
            TestOutbox.await("all errors came", outbox.courier::hasFailed);
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 50L));
            assertThat(mailboxes.acceptedByRecipient())
                    .hasSize(50)
                    .allSatisfy((who, n) -> assertThat(n).isEqualTo(1));
        }
    }

    /** The other's messages wait for longest, and more of them than are ever prepared together. */
    @Test
    void aProviderThatAnswersNothingHoldsUpNoOther() throws Exception {
        try (var mute = new ScriptedMailServer(Script.accepting().neverAnswers());
                var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.enqueue(TestOutbox.byPigeon(TestOutbox.run(1)), 600);
            outbox.enqueue(TestOutbox.run(2), 500);
            var patience = Duration.ofSeconds(5);
            outbox.startBoth(
                    TestOutbox.settings(mailboxes.port(), 4, 6, patience),
                    TestOutbox.settings(mute.port(), 3, 6, patience));
            TestOutbox.await("all mails are sent", () -> outbox.states(2).equals(Map.of("sent", 500L)));
            assertThat(outbox.states(1))
                    .doesNotContainKey("sent")
                    .hasEntrySatisfying("ready", n -> assertThat(n).isGreaterThan(500));
            assertThat(mailboxes.acceptedByRecipient())
                    .hasSize(500)
                    .allSatisfy((who, n) -> assertThat(n).isEqualTo(1));
        }
    }

    @Test
    void aPermanentRefusalFailsWithItsReplyAndTheAddressIsSuppressed() {
        MailboxHabits unknown = (who, before) ->
                who.equals("c2@example.com") ? MailboxHabits.Answer.UNKNOWN_USER : MailboxHabits.Answer.ACCEPT;
        try (var mailboxes = Mailboxes.counting(0, unknown)) {
            outbox.enqueue(TestOutbox.run(1), 3);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 2L, "failed/address_refused", 1L));
            assertThat(outbox.detail(100_002))
                    .contains("550")
                    .contains("no such user")
                    .doesNotContain("c2@");
            assertThat(outbox.courier.suppressed()).isEqualTo(Set.of(new CustomerId(2)));
            assertThat(outbox.courier.budgetTaken()).containsExactlyInAnyOrder(100_001L, 100_003L);
        }
    }

    @Test
    void aTemporaryRefusalIsTriedAgainWhenItsTimeHasCome() {
        MailboxHabits greylisting =
                (who, before) -> before == 0 ? MailboxHabits.Answer.TRY_LATER : MailboxHabits.Answer.ACCEPT;
        try (var mailboxes = Mailboxes.counting(0, greylisting)) {
            outbox.enqueue(TestOutbox.run(1), 5);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("deferred/refused_for_now", 5L));
            assertThat(mailboxes.accepted()).isZero();
            outbox.time.forward(Duration.ofMinutes(14));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("deferred/refused_for_now", 5L));
            outbox.time.forward(Duration.ofMinutes(1));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 5L));
            assertThat(outbox.history(100_001)).containsExactly("ready", "sending", "deferred", "sending", "sent");
            assertThat(outbox.courier.finished()).containsExactly(1L);
        }
    }

    @Test
    void retriesAreBoundedAndWaitLongerEachTime() {
        MailboxHabits never = (who, before) -> MailboxHabits.Answer.TRY_LATER;
        try (var mailboxes = Mailboxes.counting(0, never)) {
            outbox.enqueue(TestOutbox.run(1), 1);
            outbox.start(TestOutbox.settings(mailboxes.port(), 1, 2, Duration.ofSeconds(10)));
            outbox.awaitQuiet();
            outbox.time.forward(Duration.ofMinutes(15));
            outbox.awaitQuiet();
            assertThat(mailboxes.refusedForNow()).isEqualTo(2);
            outbox.time.forward(Duration.ofMinutes(29));
            outbox.awaitQuiet();
            assertThat(mailboxes.refusedForNow()).isEqualTo(2);
            outbox.time.forward(Duration.ofMinutes(1));
            outbox.awaitQuiet();
            assertThat(mailboxes.refusedForNow()).isEqualTo(3);
            assertThat(outbox.states()).isEqualTo(Map.of("failed/gave_up", 1L));
        }
    }

    @Test
    void aMissingValueSkipsTheMessageWithItsPlaceAndTakesNothing() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.courier.forgetNameOf(new CustomerId(2));
            outbox.enqueue(TestOutbox.run(1), 2);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 1L, "skipped/template_missing_value", 1L));
            assertThat(outbox.detail(100_002)).contains("customer.first_name");
            assertThat(outbox.courier.budgetTaken()).containsExactly(100_001L);
        }
    }

    @Test
    void consentThatIsGoneAtTheMomentOfSendingSkipsTheMessage() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.enqueue(TestOutbox.run(1), 3);
            outbox.courier.refuse(new CustomerId(3), "consent_withdrawn");
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 2L, "skipped/consent_withdrawn", 1L));
            assertThat(mailboxes.accepted("c3@example.com")).isZero();
        }
    }

    @Test
    void whenTheCodesRunOutTheRestIsSkippedAndItsBudgetIsNotTaken() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.courier.codes("A", "B", "C", "D");
            outbox.enqueue(TestOutbox.withOffer(TestOutbox.run(1)), 10);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 4L, "skipped/no_coupon", 6L));
            assertThat(outbox.courier.codesTaken()).isEqualTo(4);
            assertThat(outbox.courier.budgetTaken()).hasSize(4);
        }
    }

    @Test
    void whyThereIsNoCodeIsToldApart() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.courier.noCodesFor(CouponCode.Reason.OFFER_EXPIRED);
            outbox.enqueue(TestOutbox.withOffer(TestOutbox.run(1)), 2);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("skipped/offer_expired", 2L));
        }
    }

    @Test
    void outsideItsHoursAMessageWaitsForTheNextOpening() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            var evening =
                    TestOutbox.within(TestOutbox.run(1), "18:00", "20:00", TestOutbox.START.plus(Duration.ofDays(2)));
            outbox.enqueue(evening, 3);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("ready", 3L));
            outbox.time.to(TestOutbox.START.plus(Duration.ofHours(9)));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 3L));
        }
    }

    @Test
    void hoursOverMidnightAreOpenBeforeAndAfterIt() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            var night =
                    TestOutbox.within(TestOutbox.run(1), "22:00", "02:00", TestOutbox.START.plus(Duration.ofDays(2)));
            outbox.enqueue(night, 3);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("ready", 3L));
            outbox.time.to(TestOutbox.START.plus(Duration.ofHours(13)));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 3L));
            // Half past one at night.
            outbox.time.to(TestOutbox.START.plus(Duration.ofMinutes(16 * 60 + 30)));
            outbox.enqueue(
                    TestOutbox.within(TestOutbox.run(2), "22:00", "02:00", TestOutbox.START.plus(Duration.ofDays(2))),
                    3);
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 6L));
        }
    }

    @Test
    void whileWhatCustomersSaidDoesNotCountYetCampaignsWait() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.courier.waits(true);
            outbox.enqueue(TestOutbox.run(1), 3);
            outbox.enqueue(TestOutbox.asked(TestOutbox.run(2)), 2);
            outbox.start(mailboxes.port());
            TestOutbox.await(
                    "what was asked for has gone out", () -> outbox.states().equals(Map.of("ready", 3L, "sent", 2L)));
            outbox.courier.waits(false);
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 5L));
        }
    }

    @Test
    void duringQuietHoursAMessageWaitsForTheirEnd() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.courier.quietUntil(TestOutbox.START.plus(Duration.ofHours(3)));
            outbox.enqueue(TestOutbox.run(1), 3);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("ready", 3L));
            assertThat(outbox.courier.budgetTaken()).isEmpty();
            outbox.time.forward(Duration.ofHours(3));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 3L));
        }
    }

    @Test
    void whatIsNotSentInTimeIsSkippedAsExpired() {
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            var evening =
                    TestOutbox.within(TestOutbox.run(1), "18:00", "20:00", TestOutbox.START.plus(Duration.ofHours(2)));
            outbox.enqueue(evening, 3);
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            outbox.time.to(TestOutbox.START.plus(Duration.ofHours(9)));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("skipped/expired", 3L));
            assertThat(mailboxes.accepted()).isZero();
        }
    }

    @Test
    void aRunThatIsWithdrawnSendsNoMore() {
        outbox.enqueue(TestOutbox.run(1), 3);
        outbox.withdraw(1);
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("skipped/cancelled", 3L));
            assertThat(mailboxes.accepted()).isZero();
        }
    }

    @Test
    void whatIsBeingSentWhenItsRunIsWithdrawnIsNotTriedAgain() {
        var arrived = new CountDownLatch(4);
        var withdrawn = new CountDownLatch(1);
        MailboxHabits laterOnceWithdrawn = (who, before) -> {
            arrived.countDown();
            awaitQuietly(withdrawn);
            return before == 0 ? MailboxHabits.Answer.TRY_LATER : MailboxHabits.Answer.ACCEPT;
        };
        try (var mailboxes = Mailboxes.counting(0, laterOnceWithdrawn)) {
            outbox.courier.codes("A", "B", "C", "D", "E", "F");
            outbox.enqueue(TestOutbox.withOffer(TestOutbox.run(1)), 6);
            outbox.start(mailboxes.port());
            awaitQuietly(arrived);
            assertThat(outbox.states()).isEqualTo(Map.of("ready", 2L, "sending", 4L));
            outbox.withdraw(1);
            withdrawn.countDown();
            outbox.awaitQuiet();
            outbox.time.forward(Duration.ofDays(2));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("skipped/cancelled", 6L));
            assertThat(mailboxes.accepted()).isZero();
            assertThat(outbox.courier.budgetTaken()).isEmpty();
            assertThat(outbox.courier.codesTaken()).isZero();
            assertThat(outbox.courier.finished()).containsExactly(1L);
        }
    }

    /** Its last attempt may be written down by a transaction that had not yet seen the withdrawal. */
    @Test
    void aMessageOfAWithdrawnRunThatIsStillToBeSentIsSkippedWhenItsTimeComes() {
        outbox.enqueue(TestOutbox.withOffer(TestOutbox.run(1)), 3);
        outbox.courier.codes("A", "B", "C");
        MailboxHabits later = (who, before) -> MailboxHabits.Answer.TRY_LATER;
        try (var mailboxes = Mailboxes.counting(0, later)) {
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.courier.codesTaken()).isEqualTo(3);
            outbox.markWithdrawn(1);
            outbox.time.forward(Duration.ofDays(1));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("skipped/cancelled", 3L));
            assertThat(outbox.courier.codesTaken()).isZero();
            assertThat(outbox.courier.budgetTaken()).isEmpty();
        }
    }

    @Test
    void whatAPartOfItsRunWasTakenForIsGivenBackWhenTheTimeIsOver() {
        outbox.courier.codes("A", "B");
        outbox.enqueue(
                TestOutbox.within(
                        TestOutbox.withOffer(TestOutbox.run(1)),
                        "00:00",
                        "23:59",
                        TestOutbox.START.plus(Duration.ofHours(1))),
                2);
        MailboxHabits later = (who, before) -> MailboxHabits.Answer.TRY_LATER;
        try (var mailboxes = Mailboxes.counting(0, later)) {
            outbox.start(mailboxes.port());
            outbox.awaitQuiet();
            assertThat(outbox.courier.codesTaken()).isEqualTo(2);
            outbox.time.forward(Duration.ofHours(2));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("skipped/expired", 2L));
            assertThat(outbox.courier.codesTaken()).isZero();
            assertThat(outbox.courier.budgetTaken()).isEmpty();
        }
    }

    @Test
    void afterTheWindowHasClosedNothingMoreIsBegunHoweverSlowTheMailServerIs() {
        var closed = new CountDownLatch(1);
        var arrived = new CountDownLatch(4);
        MailboxHabits slow = (who, before) -> {
            arrived.countDown();
            awaitQuietly(closed);
            return MailboxHabits.Answer.ACCEPT;
        };
        try (var mailboxes = Mailboxes.counting(0, slow)) {
            outbox.enqueue(
                    TestOutbox.within(TestOutbox.run(1), "00:00", "20:00", TestOutbox.START.plus(Duration.ofDays(10))),
                    50);
            outbox.start(mailboxes.port());
            awaitQuietly(arrived);
            outbox.time.to(TestOutbox.START.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(20)));
            closed.countDown();
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 4L, "ready", 46L));
            outbox.time.forward(Duration.ofHours(4));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 50L));
        }
    }

    @Test
    void withoutAnAnswerToTheFinalDotAMessageIsInDoubtAndNeverSentAgain() throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting().breaksOff(BreaksOff.AFTER_FINAL_DOT))) {
            outbox.enqueue(TestOutbox.run(1), 1);
            outbox.start(server.port());
            outbox.awaitQuiet();
            outbox.time.forward(Duration.ofDays(3));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("in_doubt/no_answer", 1L));
            assertThat(server.received()).hasSize(1);
        }
    }

    @Test
    void aConnectionThatBreaksBeforeTheFinalDotLeavesNoDoubt() throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting().breaksOff(BreaksOff.AFTER_SENDER))) {
            outbox.enqueue(TestOutbox.run(1), 1);
            outbox.start(server.port());
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("deferred/connection_lost", 1L));
        }
    }

    @Test
    void oneMailServerConnectionThatHangsDoesNotHoldUpTheOthers() throws Exception {
        var answer = new CountDownLatch(1);
        MailboxHabits slowForOne = (who, before) -> {
            if (who.equals("c1@example.com")) awaitQuietly(answer);
            return MailboxHabits.Answer.ACCEPT;
        };
        try (var mailboxes = Mailboxes.counting(0, slowForOne)) {
            outbox.enqueue(TestOutbox.run(1), 100);
            outbox.start(mailboxes.port());
            TestOutbox.await("all but one have arrived", () -> mailboxes.accepted() == 99);
            assertThat(mailboxes.accepted("c1@example.com")).isZero();
            answer.countDown();
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 100L));
        }
    }

    /** Whoever is written to, it is our own sender that is refused: nobody's message has failed. */
    @Test
    void whenOurSenderIsRefusedSendingStopsAndGoesOnWhenItIsTaken() throws Exception {
        var refusing = Script.accepting().sender("550 5.7.1 <shop@example.com>: sender not allowed");
        try (var server = new ScriptedMailServer(refusing)) {
            outbox.enqueue(TestOutbox.run(1), 300);
            var dispatch = outbox.start(TestOutbox.settings(server.port(), 4, 0, Duration.ofSeconds(30)));
            TestOutbox.await("sending has stopped", () -> dispatch.pending() == 0);
            int tried = server.senders();
            // Four connections at once: three may be under way when the tenth refusal is heard.
            assertThat(tried).isBetween(Lane.MOST_REFUSALS, Lane.MOST_REFUSALS + 3);
            assertThat(outbox.states())
                    .isEqualTo(Map.of("deferred/sender_refused", (long) tried, "ready", 300L - tried));
            var hold = dispatch.hold().orElseThrow();
            assertThat(hold.reason()).isEqualTo(MailServer.Reason.SENDER_REFUSED);
            assertThat(hold.reply()).contains("550 5.7.1").doesNotContain("shop@");
            assertThat(hold.nextTry()).isEqualTo(TestOutbox.START.plus(Duration.ofMinutes(15)));

            // One try after each pause, however often: that no retries are left does not matter.
            for (int pause = 1; pause <= 3; pause++) {
                outbox.time.forward(Duration.ofMinutes(15));
                TestOutbox.await("it was tried", () -> dispatch.pending() == 0);
                assertThat(server.senders()).isEqualTo(tried + pause);
            }
            assertThat(outbox.courier.finished()).isEmpty();

            server.does(Script.accepting());
            outbox.time.forward(Duration.ofMinutes(15));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 300L));
            assertThat(server.received()).hasSize(300);
            assertThat(dispatch.hold()).isEmpty();
        }
    }

    @Test
    void whenWeMayNotSignInSendingStopsAndNoMessageIsBegun() throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting().signIn("535 5.7.8 bad credentials"))) {
            outbox.enqueue(TestOutbox.run(1), 20);
            var dispatch = outbox.start(TestOutbox.signingIn(server.port()));
            TestOutbox.await("sending has stopped", () -> dispatch.pending() == 0);
            assertThat(server.signIns()).isBetween(Lane.MOST_REFUSALS, Lane.MOST_REFUSALS + 3);
            assertThat(outbox.states()).isEqualTo(Map.of("ready", 20L));
            assertThat(dispatch.hold().orElseThrow().reason()).isEqualTo(MailServer.Reason.SIGN_IN_REFUSED);
            server.does(Script.accepting());
            outbox.time.forward(Duration.ofMinutes(15));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("sent", 20L));
        }
    }

    @Test
    void anAttemptThatFailedByOurSetUpIsNoRetry() throws Exception {
        try (var server = new ScriptedMailServer(Script.accepting().sender("553 5.1.8 unknown sender domain"))) {
            outbox.enqueue(TestOutbox.run(1), 1);
            outbox.start(TestOutbox.settings(server.port(), 1, 1, Duration.ofSeconds(10)));
            outbox.awaitQuiet();
            server.does(Script.accepting().recipient("451 4.7.1 greylisted"));
            outbox.time.forward(Duration.ofMinutes(15));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("deferred/refused_for_now", 1L));
            outbox.time.forward(Duration.ofMinutes(15));
            outbox.awaitQuiet();
            assertThat(outbox.states()).isEqualTo(Map.of("failed/gave_up", 1L));
        }
    }

    @Test
    void whileTheMailServerIsAwayNothingIsLostAndNothingFails() {
        int port;
        try (var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            port = mailboxes.port();
        }
        outbox.enqueue(TestOutbox.run(1), 5);
        var dispatch = outbox.start(port);
        assertThat(dispatch.pending()).isEqualTo(5);
        try (var back = Mailboxes.counting(port, MailboxHabits.acceptAll())) {
            outbox.awaitQuiet();
            assertThat(back.accepted()).isEqualTo(5);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
