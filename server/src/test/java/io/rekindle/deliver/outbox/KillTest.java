package io.rekindle.deliver.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.common.CustomerId;
import io.rekindle.decide.OutgoingMessage;
import io.rekindle.simulator.MailboxHabits;
import io.rekindle.simulator.Mailboxes;
import io.rekindle.testing.JavaProcess;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A send of 5,000 messages whose process is killed ({@code kill -9}) at 20 random moments and started again each time.
 * What arrived is counted at the mail server, which outlives all of them.
 */
class KillTest {
    private static final int MESSAGES = 5_000;
    private static final int KILLS = 20;
    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path journals = TestFolders.newFolder("killed-outbox");

    @Test
    void noMailboxHoldsTwoAndEveryEmptyOneIsKnownByName() throws Exception {
        var place = TestPostgres.newDatabase();
        TestOutbox.migrate(place);
        var random = new SplittableRandom(20_260_301);
        try (var pool = TestOutbox.pool(place);
                var mailboxes = Mailboxes.counting(0, MailboxHabits.acceptAll())) {
            var jdbc = JdbcClient.create(pool);
            enqueue(pool, jdbc);
            long doubtful = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                var process = start(place, mailboxes.port());
                try {
                    // The first look of a start has put what the one before left behind in doubt.
                    long now = inDoubt(jdbc);
                    assertThat(now - doubtful)
                            .as("in doubt after kill %d", kill)
                            .isBetween(0L, (long) CONNECTIONS);
                    doubtful = now;
                    long enough = mailboxes.accepted() + random.nextInt(20, 2 * (MESSAGES - 500) / KILLS - 20);
                    await("mail arrives", () -> mailboxes.accepted() >= enough);
                    LockSupport.parkNanos(random.nextInt(2_000_000));
                } finally {
                    kill(process);
                }
            }
            assertThat(open(jdbc)).as("left to send at the last kill").isPositive();
            var process = start(place, mailboxes.port());
            try {
                await("the outbox is empty", () -> open(jdbc) == 0);
            } finally {
                kill(process);
            }

            var accepted = mailboxes.acceptedByRecipient();
            assertThat(accepted.values()).allSatisfy(n -> assertThat(n).isEqualTo(1));
            var empty = LongStream.rangeClosed(1, MESSAGES)
                    .filter(customer -> !accepted.containsKey(FixtureCourier.address(new CustomerId(customer))))
                    .boxed()
                    .toList();
            assertThat(inDoubtCustomers(jdbc)).containsAll(empty);
            assertThat(inDoubt(jdbc)).isLessThanOrEqualTo((long) KILLS * CONNECTIONS);
            assertThat(inDoubt(jdbc) + sent(jdbc)).isEqualTo(MESSAGES);
            System.out.printf(
                    "killed %d times: %d arrived, %d in doubt, %d of them did not arrive%n",
                    KILLS, accepted.size(), inDoubt(jdbc), empty.size());
        }
    }

    private static void enqueue(javax.sql.DataSource pool, JdbcClient jdbc) {
        var store = new MessageStore(jdbc, pool);
        var now = Clock.systemUTC().instant();
        var run = TestOutbox.within(TestOutbox.run(1), "00:00", "23:59:59.999999", now.plus(Duration.ofDays(1)));
        new TransactionTemplate(new JdbcTransactionManager(pool))
                .executeWithoutResult(status -> store.enqueue(
                        run,
                        LongStream.rangeClosed(1, MESSAGES).mapToObj(n -> new OutgoingMessage(n, n, new CustomerId(n))),
                        now));
    }

    private Process start(TestPostgres.Place place, int port) throws IOException {
        var command = JavaProcess.command(SendingProcess.class, "-Xmx256m");
        command.addAll(List.of(
                place.url(),
                place.user(),
                place.password(),
                Integer.toString(port),
                Integer.toString(CONNECTIONS),
                journals.toString()));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (var line = out.readLine(); line != null; line = out.readLine())
            if (line.equals(SendingProcess.STARTED)) {
                return process;
            }
        process.destroyForcibly();
        throw new IOException("the sending process ended before it began");
    }

    /** SIGKILL: nothing in the process runs after it. */
    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private static long inDoubt(JdbcClient jdbc) {
        return count(jdbc, "select count(*) from messages where state = 'in_doubt'");
    }

    private static long sent(JdbcClient jdbc) {
        return count(jdbc, "select count(*) from messages where state = 'sent'");
    }

    private static long open(JdbcClient jdbc) {
        return count(jdbc, "select count(*) from messages where state in ('ready', 'sending', 'deferred')");
    }

    private static long count(JdbcClient jdbc, String question) {
        return jdbc.sql(question).query(Long.class).single();
    }

    private static List<Long> inDoubtCustomers(JdbcClient jdbc) {
        return jdbc.sql("select customer_id from messages where state = 'in_doubt'")
                .query((r, n) -> r.getLong("customer_id"))
                .list();
    }

    private static void await(String what, java.util.function.BooleanSupplier happened) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain until " + what);
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }
}
