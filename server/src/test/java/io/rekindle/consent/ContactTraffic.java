package io.rekindle.consent;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.SystemClock;
import io.rekindle.testing.TestPostgres;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Generated traffic on a few customers' contact budget: runs that reserve, keep some and give back, messages that go out,
 * are tried again, fail, or whose transaction is rolled back. Each writer has messages of its own, so what must stand of
 * each in the end is known from the answers alone.
 */
final class ContactTraffic {
    static final LocalDate FIRST = LocalDate.of(2026, 3, 1);
    static final int DAYS = 40;
    /** Customers 1 to 5; the first has two more ids, 11 and 12. */
    static final long[] IDS = {1, 11, 12, 2, 3, 4, 5};

    private static final List<Category> CATEGORIES = List.of(Category.PROMOTION, Category.NEWSLETTER);

    private ContactTraffic() {}

    /** Where a message's unit stands; {@code NONE}: nowhere. */
    record Stand(String state, @Nullable LocalDate day) {
        static final Stand NONE = new Stand("none", null);
    }

    /** Hears of each step before it is tried, and after it is committed what each of its messages has come to. */
    interface Listener {
        void trying(List<Long> messages, LocalDate day);

        void done(Map<Long, Stand> now);
    }

    static HikariDataSource pool(TestPostgres.Place place, int connections) {
        var config = new HikariConfig();
        config.setJdbcUrl(place.url());
        if (!place.user().isEmpty()) {
            config.setUsername(place.user());
            config.setPassword(place.password());
        }
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    /** One who writes: a thread's worth of steps. */
    static final class Writer {
        private final TransactionTemplate transaction;
        private final Permissions permissions;
        private final Random random;
        private final Listener listener;
        private final Map<Long, Stand> stands = new LinkedHashMap<>();
        private final Map<Long, CustomerId> customers = new HashMap<>();
        private final Map<Long, Category> categories = new HashMap<>();
        private final Map<Long, Long> runs = new HashMap<>();
        private long next;

        Writer(HikariDataSource pool, int number, long seed, Listener listener) {
            transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
            permissions = new Permissions(
                    new JdbcTemplate(pool),
                    transaction,
                    new BusinessClock(new SystemClock(Clock.systemUTC()), ZoneOffset.UTC),
                    new ConsentSettings(true, null, null, 6, Duration.ofDays(7)),
                    (customers, at) -> Map.of(),
                    () -> false);
            random = new Random(seed * 1_000 + number);
            this.listener = listener;
            next = (seed * 1_000 + number) * 1_000_000;
        }

        void step() {
            int what = random.nextInt(12);
            if (what < 3) use(message());
            else if (what < 6) reserve();
            else if (what < 9) any("reserved").ifPresentOrElse(this::use, this::reserve);
            else if (what < 10) any("used").ifPresent(random.nextBoolean() ? this::use : this::release);
            else if (what < 11) rolledBack(message());
            else keepOrReleaseRun();
        }

        private LocalDate day() {
            return FIRST.plusDays(random.nextInt(DAYS));
        }

        private long message() {
            long message = next++;
            customers.put(message, new CustomerId(IDS[random.nextInt(IDS.length)]));
            categories.put(message, CATEGORIES.get(random.nextInt(CATEGORIES.size())));
            stands.put(message, Stand.NONE);
            return message;
        }

        private java.util.Optional<Long> any(String state) {
            var found = stands.entrySet().stream()
                    .filter(e -> e.getValue().state().equals(state))
                    .map(Map.Entry::getKey)
                    .toList();
            return found.isEmpty()
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(found.get(random.nextInt(found.size())));
        }

        private Ask ask(long message) {
            return new Ask(
                    Permissions.MARKETING, Permissions.EMAIL, null, Objects.requireNonNull(categories.get(message)));
        }

        private void use(long message) {
            var day = day();
            listener.trying(List.of(message), day);
            var permit = transaction.execute(status -> permissions.take(
                    message,
                    Objects.requireNonNull(customers.get(message)),
                    null,
                    ask(message),
                    day.atTime(12, 0).toInstant(ZoneOffset.UTC)));
            if (permit instanceof Permit.Granted) now(Map.of(message, new Stand("used", day)));
            else now(Map.of(message, Objects.requireNonNull(stands.get(message))));
        }

        private void rolledBack(long message) {
            var day = day();
            listener.trying(List.of(message), day);
            transaction.executeWithoutResult(status -> {
                permissions.take(
                        message,
                        Objects.requireNonNull(customers.get(message)),
                        null,
                        ask(message),
                        day.atTime(12, 0).toInstant(ZoneOffset.UTC));
                status.setRollbackOnly();
            });
            now(Map.of(message, Stand.NONE));
        }

        private void reserve() {
            var category = CATEGORIES.get(random.nextInt(CATEGORIES.size()));
            var messages = new LinkedHashSet<Long>();
            int size = 1 + random.nextInt(6);
            while (messages.size() < size) messages.add(message());
            var contacts = messages.stream()
                    .map(m -> new Permissions.Contact(m, Objects.requireNonNull(customers.get(m))))
                    .toList();
            messages.forEach(m -> categories.put(m, category));
            var day = day();
            long run = messages.iterator().next();
            messages.forEach(m -> runs.put(m, run));
            listener.trying(List.copyOf(messages), day);
            var judged = permissions.reserve(
                    run,
                    contacts,
                    new Ask(Permissions.MARKETING, Permissions.EMAIL, null, category),
                    day.atTime(9, 0).toInstant(ZoneOffset.UTC));
            var now = new HashMap<Long, Stand>();
            int place = 0;
            for (var message : messages)
                now.put(message, judged.allows(place++) ? new Stand("reserved", day) : Stand.NONE);
            now(now);
        }

        private void release(long message) {
            listener.trying(List.of(message), FIRST);
            permissionsRelease(message);
            now(Map.of(message, Stand.NONE));
        }

        private void permissionsRelease(long message) {
            transaction.executeWithoutResult(status -> permissions.release(message));
        }

        private void keepOrReleaseRun() {
            var reserved = any("reserved");
            if (reserved.isEmpty()) return;
            long run = Objects.requireNonNull(runs.get(reserved.get()));
            var ofRun = stands.entrySet().stream()
                    .filter(e -> Objects.equals(runs.get(e.getKey()), run)
                            && e.getValue().state().equals("reserved"))
                    .map(Map.Entry::getKey)
                    .toList();
            var kept = new ArrayList<Long>();
            if (random.nextBoolean()) for (var message : ofRun) if (random.nextBoolean()) kept.add(message);
            listener.trying(ofRun, FIRST);
            transaction.executeWithoutResult(status -> {
                if (kept.isEmpty()) permissions.releaseRun(run);
                else
                    permissions.keepReserved(
                            run, kept.stream().mapToLong(Long::longValue).toArray());
            });
            var now = new HashMap<Long, Stand>();
            for (var message : ofRun)
                now.put(message, kept.contains(message) ? Objects.requireNonNull(stands.get(message)) : Stand.NONE);
            now(now);
        }

        private void now(Map<Long, Stand> now) {
            stands.putAll(now);
            listener.done(now);
        }
    }
}
