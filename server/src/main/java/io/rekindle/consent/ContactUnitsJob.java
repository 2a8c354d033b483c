package io.rekindle.consent;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import java.time.Duration;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Forgets, every night, units of the contact budget nobody will count any more. A month beyond the longest window is kept:
 * for a message that is tried again for days, and for a window that is made longer.
 */
@Component
class ContactUnitsJob implements Job {
    private static final Duration MARGIN = Duration.ofDays(30);

    private final JdbcClient jdbc;
    private final BusinessClock clock;
    private final ConsentSettings settings;

    ContactUnitsJob(JdbcClient jdbc, BusinessClock clock, ConsentSettings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "contact-units";
    }

    @Override
    public void run(String instance) {
        var oldest = clock.instant()
                .minus(Duration.ofDays(Math.max(settings.contactDays(), ContactLimit.LONGEST)))
                .minus(MARGIN);
        jdbc.sql("delete from contact_units where taken_at < :oldest")
                .param("oldest", OffsetDateTime.ofInstant(oldest, ZoneOffset.UTC))
                .update();
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(4, 0));
    }
}
