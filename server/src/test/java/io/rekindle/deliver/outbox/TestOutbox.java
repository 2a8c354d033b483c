package io.rekindle.deliver.outbox;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Category;
import io.rekindle.decide.OutgoingMessage;
import io.rekindle.decide.OutgoingRun;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Letter;
import io.rekindle.deliver.channel.Line;
import io.rekindle.deliver.channel.NoLineException;
import io.rekindle.deliver.channel.Pace;
import io.rekindle.deliver.channel.Provider;
import io.rekindle.deliver.links.Links;
import io.rekindle.deliver.links.Tokens;
import io.rekindle.deliver.smtp.Mail;
import io.rekindle.deliver.smtp.MailProvider;
import io.rekindle.deliver.smtp.ReturnAddresses;
import io.rekindle.deliver.smtp.ReturnSettings;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The real outbox over a real PostgreSQL, with a business clock a test moves; what is to the left is a fixture. */
final class TestOutbox implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-01T09:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String PIGEON = "pigeon";

    final JdbcClient jdbc;
    final FixtureCourier courier;
    final MovableClock time = new MovableClock(START);
    private final HikariDataSource pool;
    private final TransactionTemplate transaction;
    private final BusinessClock clock = new BusinessClock(new SystemClock(time), ZoneOffset.UTC);
    private final MessageStore store;
    private final Path journals = TestFolders.newFolder("outbox");
    private final List<Dispatch> dispatches = new ArrayList<>();

    private TestOutbox(HikariDataSource pool) {
        this.pool = pool;
        jdbc = JdbcClient.create(pool);
        transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        store = new MessageStore(jdbc, pool);
        courier = new FixtureCourier(jdbc, time);
    }

    /** A clock that stands until it is moved. */
    static final class MovableClock extends Clock {
        private volatile Instant now;

        private MovableClock(Instant now) {
            this.now = now;
        }

        void to(Instant later) {
            now = later;
        }

        void forward(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    static TestOutbox empty() {
        var place = TestPostgres.newDatabase();
        migrate(place);
        return new TestOutbox(pool(place));
    }

    static void migrate(TestPostgres.Place place) {
        try (var pool = pool(place)) {
            Flyway.configure(TestOutbox.class.getClassLoader())
                    .dataSource(pool)
                    .locations("classpath:db/migration/deliver")
                    .load()
                    .migrate();
        }
    }

    static HikariDataSource pool(TestPostgres.Place place) {
        var config = new HikariConfig();
        config.setJdbcUrl(place.url());
        if (!place.user().isEmpty()) {
            config.setUsername(place.user());
            config.setPassword(place.password());
        }
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(1);
        return new HikariDataSource(config);
    }

    static MailSettings settings(int port, int connections, int retries, Duration replyTimeout) {
        return new MailSettings(
                "127.0.0.1",
                port,
                null,
                null,
                "Our shop <shop@example.com>",
                null,
                connections,
                MailSettings.StartTls.OFF,
                Duration.ofSeconds(5),
                replyTimeout,
                retries,
                Duration.ofMinutes(15),
                null,
                null,
                null);
    }

    static MailSettings signingIn(int port) {
        return new MailSettings(
                "127.0.0.1",
                port,
                "shop",
                "secret",
                "Our shop <shop@example.com>",
                null,
                4,
                MailSettings.StartTls.OFF,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                0,
                Duration.ofMinutes(15),
                null,
                null,
                null);
    }

    static Dispatch dispatch(
            HikariDataSource pool, Courier courier, MailSettings settings, BusinessClock clock, Path journals) {
        return dispatch(pool, courier, List.of(mailProvider(settings, pool)), clock, journals);
    }

    static Links links(HikariDataSource pool) {
        var platform = new PlatformSettings(
                Path.of("unused"),
                ZoneOffset.UTC,
                "EUR",
                null,
                null,
                null,
                "127.0.0.1",
                "http://127.0.0.1:8080",
                true,
                null,
                7L);
        var vault = new Vault(new byte[32]);
        return new Links(JdbcClient.create(pool), vault, new Tokens(vault), platform);
    }

    private static Dispatch dispatch(
            HikariDataSource pool, Courier courier, List<Provider<?>> providers, BusinessClock clock, Path journals) {
        return new Dispatch(
                new MessageStore(JdbcClient.create(pool), pool),
                courier,
                links(pool),
                providers,
                clock,
                new TransactionTemplate(new JdbcTransactionManager(pool)),
                journals);
    }

    private static MailProvider mailProvider(MailSettings settings, HikariDataSource pool) {
        return new MailProvider(
                settings, links(pool), new ReturnAddresses(new Tokens(new Vault(new byte[32])), ReturnSettings.NONE));
    }

    /** Starts sending mails to one server, and what is of channel {@code pigeon} to another. */
    Dispatch startBoth(MailSettings mail, MailSettings pigeon) {
        var dispatch = dispatch(
                pool,
                courier,
                List.of(mailProvider(mail, pool), new OtherChannel(mailProvider(pigeon, pool))),
                clock,
                journals);
        dispatches.add(dispatch);
        dispatch.start();
        return dispatch;
    }

    /** A mail server that takes the messages of another channel. */
    private record OtherChannel(Provider<Mail> of) implements Provider<Mail> {
        @Override
        public String channel() {
            return PIGEON;
        }

        @Override
        public String name() {
            return "another " + of.name();
        }

        @Override
        public boolean isConfigured() {
            return of.isConfigured();
        }

        @Override
        public Pace pace() {
            return of.pace();
        }

        @Override
        public Mail madeOut(Letter letter) {
            return of.madeOut(letter);
        }

        @Override
        public Line<Mail> open() throws NoLineException {
            return of.open();
        }
    }

    /** Starts sending to a mail server. */
    Dispatch start(MailSettings settings) {
        var dispatch = dispatch(pool, courier, settings, clock, journals);
        dispatches.add(dispatch);
        dispatch.start();
        return dispatch;
    }

    Dispatch start(int port) {
        return start(settings(port, 4, 6, Duration.ofSeconds(30)));
    }

    static OutgoingRun run(long runId) {
        return new OutgoingRun(
                runId,
                70 + runId,
                "marketing",
                "email",
                null,
                Category.PROMOTION,
                1,
                1,
                null,
                START,
                LocalTime.of(0, 0),
                LocalTime.of(23, 59),
                START.plus(Duration.ofDays(10)),
                0);
    }

    static OutgoingRun byPigeon(OutgoingRun run) {
        return new OutgoingRun(
                run.runId(),
                run.campaignId(),
                run.purpose(),
                PIGEON,
                run.topic(),
                run.category(),
                run.templateId(),
                run.templateVersion(),
                run.offerId(),
                run.plannedAt(),
                run.windowFrom(),
                run.windowTo(),
                run.expiresAt(),
                run.lastMerge());
    }

    static OutgoingRun withOffer(OutgoingRun run) {
        return new OutgoingRun(
                run.runId(),
                run.campaignId(),
                run.purpose(),
                run.channel(),
                run.topic(),
                run.category(),
                run.templateId(),
                run.templateVersion(),
                5L,
                run.plannedAt(),
                run.windowFrom(),
                run.windowTo(),
                run.expiresAt(),
                run.lastMerge());
    }

    /** Of no campaign: mails customers asked for. */
    static OutgoingRun asked(OutgoingRun run) {
        return new OutgoingRun(
                run.runId(),
                OutgoingRun.NO_CAMPAIGN,
                "transactional",
                run.channel(),
                null,
                Category.TRANSACTIONAL,
                run.templateId(),
                run.templateVersion(),
                null,
                run.plannedAt(),
                run.windowFrom(),
                run.windowTo(),
                run.expiresAt(),
                run.lastMerge());
    }

    static OutgoingRun within(OutgoingRun run, String from, String to, Instant expiresAt) {
        return new OutgoingRun(
                run.runId(),
                run.campaignId(),
                run.purpose(),
                run.channel(),
                run.topic(),
                run.category(),
                run.templateId(),
                run.templateVersion(),
                run.offerId(),
                run.plannedAt(),
                LocalTime.parse(from),
                LocalTime.parse(to),
                expiresAt,
                run.lastMerge());
    }

    /** Puts messages to customers 1 … n in the outbox; message ids are 1000 times the run plus the customer. */
    void enqueue(OutgoingRun run, int customers) {
        transaction.executeWithoutResult(status -> store.enqueue(
                run,
                LongStream.rangeClosed(1, customers)
                        .mapToObj(n -> new OutgoingMessage(
                                run.runId() * 100_000 + n, run.runId() * 100_000 + n, new CustomerId(n))),
                time.instant()));
    }

    void withdraw(long runId) {
        transaction.executeWithoutResult(
                status -> dispatch(pool, courier, settings(1, 1, 0, Duration.ofSeconds(1)), clock, journals)
                        .withdraw(runId));
    }

    void markWithdrawn(long runId) {
        store.withdraw(runId);
    }

    /** How many messages are in each state, with its reason: {@code skipped/no_coupon}. */
    Map<String, Long> states() {
        var states = new TreeMap<String, Long>();
        jdbc.sql("select state || coalesce('/' || reason, '') as state, count(*) as n from messages group by 1")
                .query(r -> {
                    states.put(r.getString("state"), r.getLong("n"));
                });
        return states;
    }

    /** The same for one run's. */
    Map<String, Long> states(long runId) {
        var states = new TreeMap<String, Long>();
        jdbc.sql("select state, count(*) as n from messages where run_id = :run group by 1")
                .param("run", runId)
                .query(r -> {
                    states.put(r.getString("state"), r.getLong("n"));
                });
        return states;
    }

    @Nullable
    String detail(long messageId) {
        return jdbc.sql("select detail from messages where message_id = :id")
                .param("id", messageId)
                .query((r, n) -> String.valueOf(r.getString(1)))
                .single();
    }

    List<String> history(long messageId) {
        return jdbc.sql("select state from message_changes where message_id = :id order by id")
                .param("id", messageId)
                .query((r, n) -> r.getString("state"))
                .list();
    }

    static void await(String what, BooleanSupplier happened) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain until " + what);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /** Waits until nothing is due or being sent. */
    void awaitQuiet() {
        await("the outbox is quiet: " + states(), () -> store.open(time.instant(), 10_000, List.of("email")) == 0);
    }

    @Override
    public void close() {
        for (var dispatch : dispatches) dispatch.stop();
        pool.close();
    }
}
