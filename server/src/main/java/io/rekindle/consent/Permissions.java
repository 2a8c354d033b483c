package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Whether customers may be written to: for a whole audience before a campaign, and for each message at the moment it
 * goes out. Ids are taken as they were given out at any time; what was merged into another customer counts for that one.
 *
 * <p>The contact budget, the quiet hours and the setting about customers who never answered hold for the purpose
 * {@link #MARKETING}; any other purpose needs a recorded yes and an address that is not suppressed.
 */
@Component
public class Permissions {
    /** The purpose of campaigns. */
    public static final String MARKETING = "marketing";

    /** The channel of mail. */
    public static final String EMAIL = "email";

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final Identities identities;
    private final BusinessClock clock;
    private final ConsentSettings settings;

    Permissions(
            JdbcClient jdbc,
            JdbcTemplate template,
            Identities identities,
            BusinessClock clock,
            ConsentSettings settings) {
        this.jdbc = jdbc;
        this.template = template;
        this.identities = identities;
        this.clock = clock;
        this.settings = settings;
    }

    /**
     * Judges an audience as it stands now, for sending at {@code at}: the budget looks back from then. Nothing is taken.
     * The ids are copied into a temporary table and judged by one statement; answers are place by place.
     */
    @Transactional
    public Judgement judge(long[] customerIds, String purpose, String channel, Instant at) {
        var masks = new byte[customerIds.length];
        copy(customerIds);
        jdbc.sql("""
                        with units as (
                            select coalesce(a.customer_id, u.customer_id) as customer_id, count(*) as taken
                            from contact_units u left join customer_aliases a on a.alias_id = u.customer_id
                            where u.purpose = :purpose and u.taken_at > :since group by 1),
                        asked as (
                            select j.place, coalesce(a.customer_id, j.customer_id) as customer_id
                            from judged j left join customer_aliases a on a.alias_id = j.customer_id),
                        faults as (
                            select q.place,
                                case when coalesce(c.granted, :unasked) then 0 else :noConsent end
                                + case when s.address_hash is null then 0 else :suppressed end
                                + case when r.address_hash is null then :noAddress else 0 end
                                + case when coalesce(u.taken, 0) < :budget then 0 else :overBudget end as mask
                            from asked q
                            left join consents c
                                on c.customer_id = q.customer_id and c.purpose = :purpose and c.channel = :channel
                            left join reachable_customers r on r.customer_id = q.customer_id and r.channel = :channel
                            left join suppressions s on s.channel = :channel and s.address_hash = r.address_hash
                            left join units u on u.customer_id = q.customer_id)
                        select place, mask from faults where mask <> 0
                        """).params(common(purpose, channel, at)).query(row -> {
            masks[row.getInt("place")] = row.getByte("mask");
        });
        return new Judgement(masks);
    }

    private void copy(long[] customerIds) {
        template.execute((ConnectionCallback<Boolean>) connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute(
                        "create temporary table if not exists judged (place int, customer_id bigint) on commit drop");
                statement.execute("truncate judged");
                write(connection, customerIds);
                statement.execute("analyze judged");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
    }

    private static void write(Connection connection, long[] customerIds) throws IOException, java.sql.SQLException {
        try (var copy = new PGCopyOutputStream(connection.unwrap(PGConnection.class), "copy judged from stdin")) {
            for (int place = 0; place < customerIds.length; place++)
                copy.write((place + "\t" + customerIds[place] + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** One message on its way to one customer. */
    public record Contact(long messageId, CustomerId customer) {}

    /**
     * The last check before one message goes out, inside the caller's transaction: consent, suppression, address, quiet
     * hours, budget. A granted message takes one unit of its customer's budget, exactly once however often it is asked
     * for; the unit is given back by {@link #release} or with the caller's transaction.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Permit take(long messageId, CustomerId customer, String purpose, String channel, Instant at) {
        var permit = take(List.of(new Contact(messageId, customer)), purpose, channel, at)
                .get(messageId);
        if (permit == null) throw new IllegalStateException("message %d was not judged".formatted(messageId));
        return permit;
    }

    /**
     * {@link #take} for several messages of one transaction, answered by message id. Several messages of one customer
     * take their units in the order of the message ids. The customers are locked until the transaction ends, in the
     * order of their ids; a transaction that calls this twice could lock itself and another out. Each customer costs
     * PostgreSQL a lock: hundreds at once are fine, tens of thousands are not.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Map<Long, Permit> take(List<Contact> contacts, String purpose, String channel, Instant at) {
        var permits = new HashMap<Long, Permit>();
        var quietUntil = purpose.equals(MARKETING) ? quietUntil(at) : Optional.<Instant>empty();
        if (quietUntil.isPresent()) {
            for (var contact : contacts) permits.put(contact.messageId(), new Permit.Later(quietUntil.get()));
            return permits;
        }
        var customers = identities.canonical(
                contacts.stream().mapToLong(c -> c.customer().value()).toArray());
        lock(customers);
        jdbc.sql("""
                        with asked as (
                            select m as message_id, c as customer_id from unnest(:messages, :customers) as x (m, c)),
                        judged as (
                            select q.message_id, q.customer_id, h.message_id is not null as held,
                                case when coalesce(c.granted, :unasked) then 0 else :noConsent end
                                + case when s.address_hash is null then 0 else :suppressed end
                                + case when r.address_hash is null then :noAddress else 0 end as mask,
                                (select count(*) from contact_units u where u.purpose = :purpose and u.taken_at > :since
                                    and u.customer_id in (select q.customer_id union all
                                        select alias_id from customer_aliases where customer_id = q.customer_id and alias_id <> q.customer_id))
                                as taken
                            from asked q
                            left join contact_units h on h.message_id = q.message_id
                            left join consents c
                                on c.customer_id = q.customer_id and c.purpose = :purpose and c.channel = :channel
                            left join reachable_customers r on r.customer_id = q.customer_id and r.channel = :channel
                            left join suppressions s on s.channel = :channel and s.address_hash = r.address_hash),
                        ranked as (
                            select *, row_number() over (
                                partition by customer_id, mask = 0 and not held order by message_id) as rank
                            from judged),
                        final as (
                            select message_id, customer_id, held,
                                mask + case when not held and taken + rank > :budget then :overBudget else 0 end as mask
                            from ranked),
                        units as (
                            insert into contact_units (message_id, customer_id, purpose, taken_at)
                            select message_id, customer_id, :purpose, :at from final where mask = 0 and not held)
                        select message_id, mask from final
                        """)
                .params(common(purpose, channel, at))
                .param("at", ConsentStore.utc(at))
                .param(
                        "messages",
                        new SqlArrayValue(
                                "bigint",
                                contacts.stream().map(Contact::messageId).toArray()))
                .param(
                        "customers",
                        new SqlArrayValue(
                                "bigint", Arrays.stream(customers).boxed().toArray()))
                .query(row -> {
                    permits.put(row.getLong("message_id"), permit(row.getInt("mask")));
                });
        return permits;
    }

    /** Gives a message's unit of the contact budget back: it will not go out. Whether it held one. */
    @Transactional
    public boolean release(long messageId) {
        return jdbc.sql("delete from contact_units where message_id = :message")
                        .param("message", messageId)
                        .update()
                > 0;
    }

    /** When the quiet hours that hold at an instant end; empty when there are none then. */
    public Optional<Instant> quietUntil(Instant at) {
        var from = settings.quietFrom();
        var to = settings.quietTo();
        if (from == null || to == null) return Optional.empty();
        var local = at.atZone(clock.zone());
        if (!isQuiet(from, to, local.toLocalTime())) return Optional.empty();
        var end = local.with(to);
        return Optional.of((end.isAfter(local) ? end : end.plusDays(1)).toInstant());
    }

    /**
     * The quiet hours, when they take up all of a window of hours, so that nobody could ever be written to within it;
     * empty otherwise. Windows over midnight end before they begin.
     */
    public Optional<QuietHours> quietThroughout(LocalTime from, LocalTime to) {
        var quietFrom = settings.quietFrom();
        var quietTo = settings.quietTo();
        if (quietFrom == null || quietTo == null || !isQuiet(quietFrom, quietTo, from)) return Optional.empty();
        return untilNext(from, to) <= untilNext(from, quietTo)
                ? Optional.of(new QuietHours(quietFrom, quietTo))
                : Optional.empty();
    }

    /** Hours of the day nobody is written to in for marketing; over midnight when they end before they begin. */
    public record QuietHours(LocalTime from, LocalTime to) {}

    private static long untilNext(LocalTime from, LocalTime to) {
        return Math.floorMod(
                to.toNanoOfDay() - from.toNanoOfDay(), Duration.ofDays(1).toNanos());
    }

    private static boolean isQuiet(LocalTime from, LocalTime to, LocalTime time) {
        return from.isBefore(to)
                ? !time.isBefore(from) && time.isBefore(to)
                : !time.isBefore(from) || time.isBefore(to);
    }

    /**
     * Lets one transaction at a time look at a customer's budget. The lock is taken by a statement of its own, before
     * the one that counts: under READ COMMITTED that one then sees the units of whoever held the lock before.
     */
    private void lock(long[] customers) {
        var ordered = Arrays.stream(customers).sorted().distinct().boxed().toArray();
        jdbc.sql("select pg_advisory_xact_lock(id) from unnest(:customers) as x (id)")
                .param("customers", new SqlArrayValue("bigint", ordered))
                .query(row -> {});
    }

    private Map<String, Object> common(String purpose, String channel, Instant at) {
        boolean marketing = purpose.equals(MARKETING);
        var values = new HashMap<String, Object>();
        values.put("purpose", purpose);
        values.put("channel", channel);
        values.put("since", ConsentStore.utc(at.minus(settings.contactWindow())));
        values.put("budget", marketing ? settings.contactBudget() : Integer.MAX_VALUE);
        values.put("unasked", marketing && settings.allowedWithoutRecord());
        values.put("noConsent", Refusal.NO_CONSENT.bit());
        values.put("suppressed", Refusal.SUPPRESSED.bit());
        values.put("noAddress", Refusal.NO_ADDRESS.bit());
        values.put("overBudget", Refusal.OVER_CONTACT_BUDGET.bit());
        return values;
    }

    private static Permit permit(int mask) {
        return Refusal.ofMask(mask).stream()
                .findFirst()
                .<Permit>map(Permit.Refused::new)
                .orElseGet(Permit.Granted::new);
    }
}
