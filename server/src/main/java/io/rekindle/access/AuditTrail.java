package io.rekindle.access;

import io.rekindle.common.Page;
import io.rekindle.platform.ChangeTrail;
import io.rekindle.platform.SystemClock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Every administrative change: who, when, what, to which thing. Written in the transaction of the change itself. */
@Component
public class AuditTrail implements ChangeTrail {
    /** Why two customers were made one, in somebody's words: they go when either is erased. */
    public static final String REASON_OF_A_MERGE = "identity.reason";

    private final JdbcClient jdbc;
    private final SystemClock clock;

    AuditTrail(JdbcClient jdbc, SystemClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** One recorded change. */
    public record Entry(long id, Instant at, String actor, String action, String thing, String detail) {}

    @Override
    public void record(String action, String thing, String detail) {
        jdbc.sql("""
                        insert into audit_trail (at, actor, action, thing, detail)
                        values (:at, :actor, :action, :thing, :detail)
                        """)
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("actor", Caller.current().name())
                .param("action", action)
                .param("thing", thing)
                .param("detail", detail)
                .update();
    }

    /** Latest first; the cursor is the id to go on below. */
    public Page<Entry> latest(long below, int limit) {
        var rows = jdbc.sql("""
                        select id, at, actor, action, thing, detail from audit_trail
                        where id < :below order by id desc limit :limit
                        """)
                .param("below", below)
                .param("limit", limit + 1)
                .query((r, n) -> new Entry(
                        r.getLong("id"),
                        r.getObject("at", OffsetDateTime.class).toInstant(),
                        r.getString("actor"),
                        r.getString("action"),
                        r.getString("thing"),
                        r.getString("detail")))
                .list();
        return Page.of(rows, limit, e -> Long.toString(e.id()));
    }
}
