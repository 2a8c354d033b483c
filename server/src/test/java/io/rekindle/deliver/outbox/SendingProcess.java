package io.rekindle.deliver.outbox;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.SystemClock;
import io.rekindle.testing.TestPostgres;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What {@link KillTest} kills: a process of its own with the real outbox and its senders. It prints a line when what an
 * earlier one left behind has been looked through, and sends until it is killed.
 */
final class SendingProcess {
    static final String STARTED = "started";

    private SendingProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        var place = new TestPostgres.Place(arguments[0], arguments[1], arguments[2]);
        var pool = TestOutbox.pool(place);
        var dispatch = TestOutbox.dispatch(
                pool,
                new FixtureCourier(JdbcClient.create(pool), Clock.systemUTC()),
                TestOutbox.settings(
                        Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]), 6, Duration.ofSeconds(30)),
                new BusinessClock(new SystemClock(Clock.systemUTC()), ZoneOffset.UTC),
                Path.of(arguments[5]));
        dispatch.start();
        System.out.println(STARTED);
        Thread.currentThread().join();
    }
}
