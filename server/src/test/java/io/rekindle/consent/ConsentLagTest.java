package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.TestPostgres;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** On a real PostgreSQL with the tails' places; how long the log is and how late it is, a test says. */
class ConsentLagTest {
    private static final long SECOND = 1_000_000_000L;

    private final JdbcClient jdbc = database();
    private long last = 100;
    private long nanos = -3;
    private final ConsentLag lag = new ConsentLag(() -> last, () -> nanos, jdbc);

    @Test
    void beforeTheFirstLookNobodyKnows() {
        at(100);
        assertThat(lag.isTooLong()).isTrue();
    }

    @Test
    void whatWasAcknowledgedBeforeTheStartHasToCountFirst() {
        at(99);
        lag.look();
        assertThat(lag.isTooLong()).isTrue();
        at(100);
        assertThat(lag.isTooLong()).isFalse();
    }

    @Test
    void whatWasAcknowledgedAMomentAgoIsWaitedForNoLongerThanItMayTake() {
        at(100);
        lag.look();
        last = 150;
        passes(Duration.ofSeconds(1));
        long since = nanos;
        while (nanos - since < ConsentLag.PATIENCE.toNanos() - SECOND) {
            passes(Duration.ofSeconds(1));
            assertThat(lag.isTooLong())
                    .as("after %d s", (nanos - since) / SECOND)
                    .isFalse();
        }
        last = 175;
        passes(Duration.ofSeconds(1));
        assertThat(lag.isTooLong()).as("the tail stands still").isTrue();
        at(149);
        assertThat(lag.isTooLong()).isTrue();
        at(150);
        assertThat(lag.isTooLong())
                .as("what came later may still be on its way")
                .isFalse();
    }

    /** A tail that is always a little behind is never too late, however long the log grows. */
    @Test
    void aTailThatKeepsUpIsNeverTooLate() {
        at(last);
        lag.look();
        for (int second = 1; second <= 60; second++) {
            last += 1_000;
            passes(Duration.ofSeconds(1));
            at(Math.max(100, last - 5_000));
            assertThat(lag.isTooLong()).as("second %d", second).isFalse();
        }
    }

    private void passes(Duration time) {
        nanos += time.toNanos();
        lag.look();
    }

    private void at(long seq) {
        jdbc.sql("""
                        insert into tail_offsets (tail, seq, claimed_seq) values (:tail, :seq, :seq)
                        on conflict (tail) do update set seq = :seq, claimed_seq = :seq
                        """).param("tail", ConsentLag.TAIL).param("seq", seq).update();
    }

    private static JdbcClient database() {
        var place = TestPostgres.newDatabase();
        var source = new DriverManagerDataSource(place.url(), place.user(), place.password());
        Flyway.configure(ConsentLagTest.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/migration/collect")
                .load()
                .migrate();
        return JdbcClient.create(source);
    }
}
