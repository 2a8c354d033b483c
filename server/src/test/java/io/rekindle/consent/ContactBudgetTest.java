package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.ContactTraffic.Stand;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.SystemClock;
import io.rekindle.testing.JavaProcess;
import io.rekindle.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The contact budget among many writers at once, on a real PostgreSQL with this module's own tables: each unit is reserved,
 * used and given back exactly once, and no run of days holds more than its limit, counted anew by hand.
 */
class ContactBudgetTest {
    private static final int THREADS = 12;
    private static final int STEPS = 45;
    private static final int SEEDS = 6;
    private static final int KILLS = 4;

    /** Six in 7 days are the settings' own. */
    private record Limit(@Nullable Category category, int days, int most) {}

    private static final List<Limit> LIMITS = List.of(
            new Limit(null, 7, 6),
            new Limit(null, 1, 2),
            new Limit(Category.NEWSLETTER, 7, 2),
            new Limit(null, 30, 12),
            new Limit(Category.PROMOTION, 30, 9));

    private record Taken(long message, long customer, String category, String state, LocalDate day) {}

    private static TestPostgres.@Nullable Place place;
    private static @Nullable HikariDataSource pool;

    @BeforeAll
    static void tables() {
        place = TestPostgres.newDatabase();
        pool = ContactTraffic.pool(place(), THREADS);
        var jdbc = JdbcClient.create(pool());
        Flyway.configure(ContactBudgetTest.class.getClassLoader())
                .dataSource(pool())
                .locations("classpath:db/migration/consent")
                .load()
                .migrate();
        jdbc.sql("create table customer_aliases (alias_id bigint primary key, customer_id bigint not null)")
                .update();
        jdbc.sql("create table customer_partings (number bigint, customer_id bigint, other_id bigint)")
                .update();
        jdbc.sql("create table reachable_customers (customer_id bigint, channel text, address_hash bigint)")
                .update();
        jdbc.sql("create table customer_words (customer_id bigint, trait text, value text)")
                .update();
        for (var id : ContactTraffic.IDS)
            jdbc.sql("insert into customer_aliases values (:id, :customer)")
                    .param("id", id)
                    .param("customer", person(id))
                    .update();
        for (long customer = 1; customer <= 9; customer++)
            jdbc.sql("insert into reachable_customers values (:customer, 'email', :customer)")
                    .param("customer", customer)
                    .update();
    }

    @AfterAll
    static void end() {
        pool().close();
    }

    @BeforeEach
    void limits() {
        jdbc().sql("truncate contact_units, contact_limits").update();
        for (var limit : LIMITS.subList(1, LIMITS.size()))
            jdbc().sql("insert into contact_limits (category, days, most) values (:category, :days, :most)")
                    .param(
                            "category",
                            limit.category() == null ? null : limit.category().code())
                    .param("days", limit.days())
                    .param("most", limit.most())
                    .update();
    }

    @Test
    void whateverComesAtOnceEveryUnitStandsOnceAndNoWindowHoldsMoreThanItsLimit() throws Exception {
        int held = 0;
        int refused = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            jdbc().sql("truncate contact_units").update();
            var expected = new ConcurrentHashMap<Long, Stand>();
            var refusals = new AtomicInteger();
            var go = new CountDownLatch(1);
            var ends = new ArrayList<Future<?>>();
            try (var threads = Executors.newFixedThreadPool(THREADS)) {
                for (int number = 0; number < THREADS; number++) {
                    var writer = new ContactTraffic.Writer(pool(), number, seed, new ContactTraffic.Listener() {
                        @Override
                        public void trying(List<Long> messages, LocalDate day) {}

                        @Override
                        public void done(Map<Long, Stand> now) {
                            expected.putAll(now);
                            if (now.containsValue(Stand.NONE)) refusals.incrementAndGet();
                        }
                    });
                    ends.add(threads.submit(() -> {
                        go.await();
                        for (int step = 0; step < STEPS; step++) writer.step();
                        return null;
                    }));
                }
                go.countDown();
                for (var end : ends) end.get(60, TimeUnit.SECONDS);
            }
            var taken = taken();
            assertThat(stands(taken)).as("seed %d", seed).isEqualTo(standing(expected));
            assertWithinLimits(taken, "seed " + seed);
            held += taken.size();
            refused += refusals.get();
        }
        assertThat(held).as("units that stand").isGreaterThan(SEEDS * 30);
        assertThat(refused).as("steps that were refused or gave back").isGreaterThan(SEEDS * 30);
    }

    @Test
    void aKilledProcessLeavesEveryUnitAsItLastSaidOrAsItWasJustAboutTo() throws Exception {
        var random = new Random(7);
        var last = new HashMap<Long, Stand>();
        int pending = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            var said = Files.createTempFile("contacting", ".txt");
            var process = start(100 + kill, said);
            try {
                // 300 to 900 lines, at whatever step it is then.
                long enough = random.nextLong(20_000, 60_000);
                var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                while (Files.size(said) < enough) {
                    assertThat(process.isAlive()).isTrue();
                    assertThat(System.nanoTime()).isLessThan(deadline);
                    LockSupport.parkNanos(100_000);
                }
            } finally {
                process.destroyForcibly();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            var trying = new HashMap<Long, LocalDate>();
            for (var line : Files.readAllLines(said)) {
                if (line.startsWith("try ")) tried(line, trying);
                else if (line.startsWith("done")) done(line, trying, last);
            }
            Files.delete(said);
            awaitNobodyElse();
            var taken = taken();
            var now = stands(taken);
            var known = new HashMap<Long, Stand>();
            for (var entry : last.entrySet()) {
                var day = trying.get(entry.getKey());
                var found = now.getOrDefault(entry.getKey(), Stand.NONE);
                if (day == null)
                    assertThat(found).as("message %d", entry.getKey()).isEqualTo(entry.getValue());
                known.put(entry.getKey(), found);
            }
            for (var entry : trying.entrySet()) {
                var found = now.getOrDefault(entry.getKey(), Stand.NONE);
                assertThat(found)
                        .isIn(
                                last.getOrDefault(entry.getKey(), Stand.NONE),
                                Stand.NONE,
                                new Stand("reserved", entry.getValue()),
                                new Stand("used", entry.getValue()));
                known.put(entry.getKey(), found);
                pending++;
            }
            assertThat(known.keySet()).as("nothing nobody asked for").containsAll(now.keySet());
            last.clear();
            last.putAll(known);
            assertWithinLimits(taken, "kill " + kill);
        }
        assertThat(pending).as("messages a kill fell upon").isPositive();
    }

    @Test
    void whoWasJustFoundToBeSomebodyElseWaitsForTheOthersMessage() throws Exception {
        jdbc().sql("truncate contact_limits").update();
        jdbc().sql("insert into contact_limits (days, most) values (1, 1)").update();
        var at = Instant.parse("2026-03-01T12:00:00Z");
        var permissions = permissions();
        var holds = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(2)) {
            var first = threads.submit(() -> transaction().execute(status -> {
                var permit = permissions.take(901, new CustomerId(8), null, Ask.marketing("email"), at);
                holds.countDown();
                await(goOn);
                return permit;
            }));
            await(holds);
            jdbc().sql("insert into customer_aliases values (8, 9)").update();
            var second = threads.submit(() -> transaction()
                    .execute(status -> permissions.take(902, new CustomerId(9), null, Ask.marketing("email"), at)));
            var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (jdbc().sql("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                            .query(Long.class)
                            .single()
                    == 0) {
                assertThat(second.isDone()).as("it did not wait").isFalse();
                assertThat(System.nanoTime()).isLessThan(deadline);
                LockSupport.parkNanos(1_000_000);
            }
            goOn.countDown();
            assertThat(first.get()).isEqualTo(new Permit.Granted());
            assertThat(second.get()).isEqualTo(new Permit.Refused(Refusal.OVER_CONTACT_BUDGET));
        } finally {
            jdbc().sql("delete from customer_aliases where alias_id = 8").update();
        }
    }

    @Test
    void aMessageForTodayMayNotTakeWhatIsReservedForTomorrow() {
        jdbc().sql("truncate contact_limits").update();
        jdbc().sql("insert into contact_limits (days, most) values (7, 2)").update();
        var permissions = permissions();
        var monday = LocalDate.of(2026, 3, 2);
        assertThat(reserve(permissions, 1, monday)).isTrue();
        assertThat(reserve(permissions, 2, monday.plusDays(6))).isTrue();
        // From Monday to Sunday are seven days: with this one three.
        assertThat(reserve(permissions, 3, monday.plusDays(3))).isFalse();
        // Seven days that begin before Monday end before Sunday, and hold one.
        assertThat(reserve(permissions, 4, monday.minusDays(1))).isTrue();
        assertThat(reserve(permissions, 5, monday.minusDays(1))).isFalse();
        // Sunday, the Monday after and this one: three within seven days, though the first two weeks are over.
        assertThat(reserve(permissions, 6, monday.plusDays(7))).isTrue();
        assertThat(reserve(permissions, 7, monday.plusDays(8))).isFalse();
    }

    private static boolean reserve(Permissions permissions, long message, LocalDate day) {
        return permissions
                .reserve(
                        500,
                        List.of(new Permissions.Contact(message, new CustomerId(7))),
                        Ask.marketing("email"),
                        day.atTime(9, 0).toInstant(ZoneOffset.UTC))
                .allows(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Process start(long seed, Path said) throws java.io.IOException {
        var command = JavaProcess.command(ContactingProcess.class, "-Xmx128m");
        command.addAll(List.of(place().url(), place().user(), place().password(), Long.toString(seed)));
        return new ProcessBuilder(command)
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** PostgreSQL finishes what it was told to before it sees that nobody listens any more. */
    private void awaitNobodyElse() {
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (jdbc().sql("""
                        select count(*) from pg_locks l join pg_database d on d.oid = l.database
                        where d.datname = current_database() and l.pid <> pg_backend_pid()
                            and (l.locktype = 'advisory' or l.relation = 'contact_units'::regclass)
                        """).query(Long.class).single() > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void tried(String line, Map<Long, LocalDate> trying) {
        var parts = line.split(" ");
        for (int i = 2; i < parts.length; i++) trying.put(Long.parseLong(parts[i]), LocalDate.parse(parts[1]));
    }

    private static void done(String line, Map<Long, LocalDate> trying, Map<Long, Stand> last) {
        for (var part : line.substring("done".length()).strip().split(" ")) {
            var values = part.split("=");
            if (values.length < 3) continue;
            long message = Long.parseLong(values[0]);
            trying.remove(message);
            last.put(message, new Stand(values[1], values[2].equals("null") ? null : LocalDate.parse(values[2])));
        }
    }

    private static Map<Long, Stand> stands(List<Taken> taken) {
        var stands = new HashMap<Long, Stand>();
        for (var unit : taken) stands.put(unit.message(), new Stand(unit.state(), unit.day()));
        return stands;
    }

    private static Map<Long, Stand> standing(Map<Long, Stand> all) {
        var standing = new HashMap<>(all);
        standing.values().removeIf(Stand.NONE::equals);
        return standing;
    }

    /** Every run of days there is, one by one. */
    private static void assertWithinLimits(List<Taken> taken, String when) {
        Set<Long> persons = new HashSet<>();
        for (var unit : taken) persons.add(person(unit.customer()));
        for (var person : persons)
            for (var limit : LIMITS)
                for (int first = -30; first <= ContactTraffic.DAYS; first++) {
                    var from = ContactTraffic.FIRST.plusDays(first);
                    var to = from.plusDays(limit.days());
                    assertThat(taken)
                            .filteredOn(unit -> person(unit.customer()) == person
                                    && (limit.category() == null
                                            || limit.category().code().equals(unit.category()))
                                    && !unit.day().isBefore(from)
                                    && unit.day().isBefore(to))
                            .as(
                                    "%s: customer %d, %s, %d days from %s",
                                    when, person, limit.category(), limit.days(), from)
                            .hasSizeLessThanOrEqualTo(limit.most());
                }
    }

    private static long person(long id) {
        return id == 11 || id == 12 ? 1 : id;
    }

    private List<Taken> taken() {
        return jdbc().sql("select message_id, customer_id, category, state, day from contact_units")
                .query((r, n) -> new Taken(
                        r.getLong("message_id"),
                        r.getLong("customer_id"),
                        r.getString("category"),
                        r.getString("state"),
                        r.getObject("day", LocalDate.class)))
                .list();
    }

    private static Permissions permissions() {
        return new Permissions(
                new JdbcTemplate(pool()),
                transaction(),
                new BusinessClock(new SystemClock(Clock.systemUTC()), ZoneOffset.UTC),
                new ConsentSettings(true, null, null, 6, Duration.ofDays(7)),
                (customers, at) -> Map.of(),
                () -> false);
    }

    private static TransactionTemplate transaction() {
        return new TransactionTemplate(new JdbcTransactionManager(pool()));
    }

    private static JdbcClient jdbc() {
        return JdbcClient.create(pool());
    }

    private static HikariDataSource pool() {
        return java.util.Objects.requireNonNull(pool);
    }

    private static TestPostgres.Place place() {
        return java.util.Objects.requireNonNull(place);
    }
}
