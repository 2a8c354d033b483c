package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.EventLog.OwnEvent;
import io.rekindle.testing.TestPostgres;
import java.util.List;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** On a real PostgreSQL with the tails' places; the log is as long as a test says. */
class ConsentLagTest {
    private final JdbcClient jdbc = database();
    private volatile long last = 100;
    private final ConsentLag lag = new ConsentLag(
            new EventLog() {
                @Override
                public long lastSeq() {
                    return last;
                }

                @Override
                public void accept(List<OwnEvent> events) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public <T> T betweenStagings(Supplier<T> change) {
                    throw new UnsupportedOperationException();
                }
            },
            jdbc);

    @AfterEach
    void stop() {
        lag.stop();
    }

    @Test
    void whatWasAcknowledgedBeforeTheStartHasToCountFirst() {
        at(99);
        lag.start();
        assertThat(lag.isTooLong()).isTrue();
        at(100);
        assertThat(lag.isTooLong()).isFalse();
    }

    @Test
    void whatWasAcknowledgedAMomentAgoIsWaitedForNoLongerThanItMayTake() throws Exception {
        at(100);
        lag.start();
        last = 150;
        assertThat(lag.isTooLong()).as("just now").isFalse();
        long until = System.nanoTime() + 3 * ConsentLag.PATIENCE.toNanos();
        while (!lag.isTooLong()) {
            assertThat(System.nanoTime()).as("the tail stands still").isLessThan(until);
            Thread.sleep(50);
        }
        at(150);
        assertThat(lag.isTooLong()).isFalse();
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
