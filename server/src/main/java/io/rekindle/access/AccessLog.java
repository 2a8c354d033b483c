package io.rekindle.access;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.AnswersOnce;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who looked at whom, when, at what, and why. Whoever shows personal data asks here whether it may be shown in clear, and
 * says here what was: before it leaves the server it stands in the log. Why somebody looks they say in the header
 * {@code X-Access-Reason} (percent-encoded UTF-8); with {@code rekindle.access.reason-required} nothing is shown in clear
 * without one.
 */
@Component
public class AccessLog {
    private static final String REASON = "X-Access-Reason";
    private static final int LONGEST_REASON = 500;

    private final JdbcClient jdbc;
    private final SystemClock clock;
    private final AccessLogSettings settings;
    private final AccessRows rows;
    private final JsonMapper json;

    AccessLog(JdbcClient jdbc, SystemClock clock, AccessLogSettings settings, JsonMapper json) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.settings = settings;
        this.rows = new AccessRows(jdbc);
        this.json = json;
    }

    /**
     * One look.
     *
     * @param what the operation, e.g. {@code GET /api/customers/{id}}
     * @param fields what was shown in clear; empty when everything personal was masked
     */
    public record Look(
            long id,
            Instant at,
            String actor,
            String what,
            List<String> fields,
            @Nullable String reason) {}

    /** Whether personal data is shown in clear to this caller now: by role, and with a reason where one is asked for. */
    public boolean showsClear(Caller caller) {
        return caller.seesPersonalData()
                && (!settings.reasonRequired() || request().isEmpty() || reason().isPresent());
    }

    /** Whether this caller sees personal data in clear only with a reason. */
    public boolean asksReason(Caller caller) {
        return caller.seesPersonalData() && settings.reasonRequired();
    }

    /** Writes down that the caller of now looks at these customers: at these fields in clear; none: all masked. */
    public void looked(Map<CustomerId, Set<String>> fields) {
        if (fields.isEmpty()) return;
        var what = what();
        // What the product does by itself, it shows to nobody.
        if (what.isEmpty()) return;
        if (fields.values().stream().anyMatch(shown -> !shown.isEmpty())) markShown();
        if (fields.size() == 1) {
            var one = fields.entrySet().iterator().next();
            insert(one.getKey(), one.getValue(), what.get());
            return;
        }
        var rows = List.copyOf(fields.entrySet());
        insert(
                rows.stream().map(r -> (Object) r.getKey().value()).toArray(),
                rows.stream().map(r -> (Object) names(r.getValue())).toArray(),
                what.get());
    }

    /** Writes down that the caller of now is shown something in clear of which nobody knows whose it is. */
    public void lookedAtSomebody(String field) {
        markShown();
        what().ifPresent(what -> jdbc.sql("""
                        insert into person_accesses (at, actor, what, fields, reason)
                        values (:at, :actor, :what, array[:field], :reason)
                        """)
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("actor", Caller.current().name())
                .param("what", what)
                .param("field", field)
                .param("reason", reason().orElse(null), java.sql.Types.VARCHAR)
                .update());
    }

    /**
     * Writes down that everybody goes into a file in clear.
     *
     * @param actor who wanted it so
     * @param what e.g. {@code export NAME}
     * @param upTo the last place of the log: who came later is not in the file
     */
    public void exported(String actor, String what, Set<String> fields, long upTo) {
        jdbc.sql("""
                        insert into person_accesses (at, actor, what, fields, everyone_up_to)
                        values (:at, :actor, :what, :fields, :upTo)
                        """)
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("actor", actor)
                .param("what", what)
                .param("upTo", upTo)
                .param("fields", new SqlArrayValue("text", (Object[]) new TreeSet<>(fields).toArray(String[]::new)))
                .update();
    }

    /** What most looks are at: with those others write down just now, unless a transaction is to decide. */
    private void insert(CustomerId customer, Set<String> fields, String what) {
        var row = new AccessRow(
                OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC),
                Caller.current().name(),
                customer.value(),
                what,
                names(fields),
                reason().orElse(null));
        if (TransactionSynchronizationManager.isActualTransactionActive()) rows.insert(row);
        else rows.insertWithOthers(row);
    }

    private void insert(Object[] customers, Object[] fields, String what) {
        jdbc.sql("""
                        insert into person_accesses (at, actor, customer_id, what, fields, reason)
                        select cast(:at as timestamptz), :actor, c, :what, %s, :reason
                        from unnest(:customers, :fields) as x (c, f)
                        """.formatted(AccessRows.NAMES.formatted("f")))
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("actor", Caller.current().name())
                .param("what", what)
                .param("reason", reason().orElse(null), java.sql.Types.VARCHAR)
                .param("customers", new SqlArrayValue("bigint", customers))
                .param("fields", new SqlArrayValue("text", fields))
                .update();
    }

    private String names(Set<String> fields) {
        return json.writeValueAsString(new TreeSet<>(fields));
    }

    /**
     * Looks at one person, latest first, and files everybody went into.
     *
     * @param ids all they ever had
     * @param first the place in the log where they were first heard of; null: nothing was, and no file has them
     */
    public Page<Look> of(Collection<CustomerId> ids, @Nullable Long first, long below, int limit) {
        var found = jdbc.sql("""
                        select id, at, actor, what, fields, reason from person_accesses
                        where (customer_id = any (:ids) or everyone_up_to >= :first) and id < :below order by id desc limit :limit
                        """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "bigint", ids.stream().map(CustomerId::value).toArray()))
                .param("first", first, Types.BIGINT)
                .param("below", below)
                .param("limit", limit + 1)
                .query(AccessLog::look)
                .list();
        return Page.of(found, limit, look -> Long.toString(look.id()));
    }

    private static Look look(ResultSet row, int number) throws SQLException {
        var fields = row.getArray("fields");
        return new Look(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                row.getString("what"),
                fields == null ? List.of() : Arrays.asList((String[]) fields.getArray()),
                row.getString("reason"));
    }

    private static Optional<ServletRequestAttributes> request() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
                ? Optional.of(request)
                : Optional.empty();
    }

    /** This answer is for now: who asks again is to say why again, and is written down again. */
    private static void markShown() {
        request().ifPresent(attributes -> AnswersOnce.mark(attributes.getRequest()));
    }

    private static Optional<String> what() {
        return request().map(attributes -> {
            var request = attributes.getRequest();
            var pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
            return request.getMethod() + " " + (pattern == null ? request.getRequestURI() : pattern);
        });
    }

    private static Optional<String> reason() {
        return request()
                .map(attributes -> attributes.getRequest().getHeader(REASON))
                .map(AccessLog::decoded)
                .map(String::strip)
                .filter(reason -> !reason.isEmpty());
    }

    private static String decoded(String header) {
        String reason;
        try {
            reason = URLDecoder.decode(header, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("access_reason_invalid", "X-Access-Reason must be percent-encoded UTF-8");
        }
        if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl))
            throw Problem.invalid(
                            "access_reason_too_long", "a reason to look has at most {most} characters, on one line")
                    .with("most", LONGEST_REASON);
        return reason;
    }
}
