package io.rekindle.rights;

import io.rekindle.common.CustomerId;
import io.rekindle.platform.Retained;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Persons nobody has seen for long are erased like those who ask for it, unless they are seen again before that begins. Kept
 * for ever where nothing is set.
 */
@Component
class InactivePersons implements Retained {
    private static final int MOST_A_DAY = 10_000;

    private final JdbcClient jdbc;
    private final Erasures erasures;

    InactivePersons(JdbcClient jdbc, Erasures erasures) {
        this.jdbc = jdbc;
        this.erasures = erasures;
    }

    @Override
    public String dataClass() {
        return "inactive-persons";
    }

    @Override
    public Optional<Duration> keptByDefault() {
        return Optional.empty();
    }

    @Override
    public Aged olderThan(Instant before) {
        return jdbc.sql("select count(*) as n, min(last_seen) as oldest from customers where last_seen < :before")
                .param("before", OffsetDateTime.ofInstant(before, ZoneOffset.UTC))
                .query((row, n) -> {
                    var oldest = row.getObject("oldest", OffsetDateTime.class);
                    return new Aged(row.getLong("n"), oldest == null ? null : oldest.toInstant());
                })
                .single();
    }

    @Override
    public long remove(Instant before) {
        var due = jdbc.sql("""
                        select customer_id from customers c where last_seen < :before
                            and not exists (select from erasure_ids e where e.old_id = c.customer_id)
                        order by last_seen limit :most
                        """)
                .param("before", OffsetDateTime.ofInstant(before, ZoneOffset.UTC))
                .param("most", MOST_A_DAY)
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list();
        for (var customer : due) erasures.requestOfOurs(customer, "not seen for as long as data is kept", before);
        return due.size();
    }
}
