package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

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

    /** The channel of short messages. */
    public static final String SMS = "sms";

    /** The purpose of what a contract or the customer's own request calls for. */
    public static final String TRANSACTIONAL = "transactional";

    /** Customers a run reserves for in one transaction: of a million those of some twenty locks, for less than a second. */
    private static final int CHUNK = 20_000;

    /** In the place of a mask: nothing stands against the message, but it is made out for another address. */
    private static final int ADDRESS_CHANGED = -1;

    /** In the place of a mask: whose word each one was is being worked out. */
    private static final int PARTING = -2;

    /** After how long a message to somebody who has just been parted from another is asked for again. */
    private static final Duration A_MOMENT = Duration.ofSeconds(15);

    /** Distinguishes our locks from those of others on the same database. */
    private static final int LOCKS = 0x52_63_62_31;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final TransactionTemplate transaction;
    private final BusinessClock clock;
    private final ConsentSettings settings;
    private final CustomerHours hours;
    private final BooleanSupplier lags;

    @Autowired
    Permissions(
            JdbcTemplate template,
            TransactionTemplate transaction,
            BusinessClock clock,
            ConsentSettings settings,
            CustomerHours hours,
            ConsentLag lag) {
        this(template, transaction, clock, settings, hours, lag::isTooLong);
    }

    /** @param lags whether what customers said does not count yet */
    Permissions(
            JdbcTemplate template,
            TransactionTemplate transaction,
            BusinessClock clock,
            ConsentSettings settings,
            CustomerHours hours,
            BooleanSupplier lags) {
        this.jdbc = JdbcClient.create(template);
        this.template = template;
        this.transaction = transaction;
        this.clock = clock;
        this.settings = settings;
        this.hours = hours;
        this.lags = lags;
    }

    /**
     * Judges an audience as it stands now, for sending at {@code at}: the budget is looked at as of that day. Nothing is
     * taken. The ids are copied into a temporary table and judged by one statement; answers are place by place.
     */
    public Judgement judge(long[] customerIds, Ask ask, Instant at) {
        var masks = new byte[customerIds.length];
        transaction.executeWithoutResult(status -> {
            copy(customerIds);
            jdbc.sql("with asked as (select place, cast(null as bigint) as message_id, customer_id from judged), "
                            + FACTS
                            + """
                            select place, mask + case when room < 1 then :overBudget else 0 end as mask from facts
                            where mask <> 0 or room < 1
                            """)
                    .params(common(ask, at, null))
                    .query(row -> {
                        masks[row.getInt("place")] = row.getByte("mask");
                    });
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
     * Reserves a unit of the contact budget for each message of a run that is being planned, for sending at {@code at}:
     * whatever else is planned or sent meanwhile, the units are there. Judges anew, customer by customer; who is refused
     * gets nothing. Many transactions of its own, so a crash may leave some units behind: {@link #releaseRun} before a
     * repetition.
     *
     * @return place by place, in the order the messages were given
     */
    public Judgement reserve(long runId, List<Contact> messages, Ask ask, Instant at) {
        var masks = new byte[messages.size()];
        // By lock, so that a transaction takes few of them; places find their way back.
        var order = IntStream.range(0, messages.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        place -> shard(messages.get(place).customer())))
                .toList();
        for (int from = 0; from < order.size(); from += CHUNK) {
            var chunk = order.subList(from, Math.min(order.size(), from + CHUNK));
            var contacts = chunk.stream()
                    .map(messages::get)
                    .map(contact -> new Departure(contact.messageId(), contact.customer(), null))
                    .toList();
            var found = retried(() -> transaction.execute(status -> units(contacts, ask, at, new Reserved(runId))));
            for (int place : chunk)
                masks[place] = (byte)
                        found.getOrDefault(messages.get(place).messageId(), 0).intValue();
        }
        return new Judgement(masks);
    }

    /** Two transactions that wait for each other: PostgreSQL ends one, which begins anew. */
    private static Map<Long, Integer> retried(Supplier<@Nullable Map<Long, Integer>> attempt) {
        for (int tries = 1; ; tries++) {
            try {
                return Objects.requireNonNull(attempt.get());
            } catch (PessimisticLockingFailureException e) {
                if (tries == 5) throw e;
            }
        }
    }

    /** Gives back what a run reserved, but not for these messages; in the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void keepReserved(long runId, long[] messageIds) {
        copy(messageIds);
        // Of a run just reserved PostgreSQL knows nothing yet and would look through all ids for each of its units.
        nestedLoops(false);
        jdbc.sql("""
                        delete from contact_units u where u.run_id = :run and u.state = 'reserved'
                            and not exists (select 1 from judged j where j.customer_id = u.message_id)
                        """).param("run", runId).update();
        nestedLoops(true);
    }

    private void nestedLoops(boolean allowed) {
        jdbc.sql("select set_config('enable_nestloop', :allowed, true)")
                .param("allowed", allowed ? "on" : "off")
                .query(String.class)
                .single();
    }

    /** Gives back whatever a run has reserved and not used. */
    @Transactional
    public void releaseRun(long runId) {
        jdbc.sql("delete from contact_units where run_id = :run and state = 'reserved'")
                .param("run", runId)
                .update();
    }

    /**
     * One message about to go out.
     *
     * @param address hash of the address it goes to; null: to whichever the customer has
     */
    public record Departure(
            long messageId, CustomerId customer, @Nullable Long address) {}

    /**
     * The last check before messages go out, inside the caller's transaction: consent, suppression, address, quiet hours,
     * budget, and that what customers said counts by now. A granted message uses one unit of its customer's budget, the one reserved for it if there is one, exactly
     * once however often it is asked for: a message that is tried again moves its unit to the time it is tried at. Of
     * several to one person each finds what those before it used. A unit is given back by {@link #release}, and stands as
     * it did before when the caller's transaction does not commit.
     *
     * <p>What is judged is the address the customer has now: a message that was made out for another one has to be made out
     * anew.
     *
     * <p>Whoever else asks for these customers waits for the caller's transaction to end. Customers share some locks, and a
     * transaction that calls this twice could lock itself and another out; PostgreSQL would end one of them.
     *
     * @return the answer by message id, of every message
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Map<Long, Permit> take(Collection<Departure> messages, Ask ask, Instant at) {
        var permits = HashMap.<Long, Permit>newHashMap(messages.size());
        var open = new ArrayList<Departure>(messages.size());
        var quietForAll = ask.isCounted() ? waitsUntil(at) : Optional.<Instant>empty();
        var quiet = ask.isCounted() && quietForAll.isEmpty()
                ? hours.quietUntil(
                        messages.stream().map(Departure::customer).distinct().toList(), at)
                : Map.<CustomerId, Instant>of();
        for (var message : messages) {
            var until = quietForAll.orElse(quiet.get(message.customer()));
            if (until == null) open.add(message);
            else permits.put(message.messageId(), new Permit.Later(until));
        }
        if (open.isEmpty()) return permits;
        planOnce();
        var masks = units(open, ask, at, new Used());
        for (var message : open) {
            var mask = masks.get(message.messageId());
            if (mask == null)
                throw new IllegalStateException("message %d was not judged".formatted(message.messageId()));
            permits.put(message.messageId(), permit(mask, at));
        }
        return permits;
    }

    /** Until when nobody is written to for marketing: for the quiet hours, or because withdrawals may be on their way. */
    private Optional<Instant> waitsUntil(Instant at) {
        var quiet = quietUntil(at);
        return quiet.isEmpty() && isWaiting() ? Optional.of(at.plus(A_MOMENT)) : quiet;
    }

    /**
     * Whether marketing waits for what customers have said: withdrawals may have been acknowledged that do not count yet, some
     * seconds after they should.
     */
    public boolean isWaiting() {
        return lags.getAsBoolean();
    }

    private static Permit permit(int mask, Instant at) {
        return switch (mask) {
            case 0 -> new Permit.Granted();
            case ADDRESS_CHANGED -> new Permit.AddressChanged();
            case PARTING -> new Permit.Later(at.plus(A_MOMENT));
            default -> new Permit.Refused(Refusal.ofMask(mask).iterator().next());
        };
    }

    /** {@link #take(Collection, Ask, Instant)} of one. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Permit take(long messageId, CustomerId customer, @Nullable Long address, Ask ask, Instant at) {
        return Objects.requireNonNull(take(List.of(new Departure(messageId, customer, address)), ask, at)
                .get(messageId));
    }

    /** Gives the units of the contact budget of messages back that will not go out; how many there were. */
    @Transactional
    public int release(Collection<Long> messageIds) {
        return jdbc.sql("delete from contact_units where message_id = any(:messages)")
                .param("messages", array(messageIds.stream().mapToLong(Long::longValue)))
                .update();
    }

    /** The same of one message; whether it held a unit. */
    @Transactional
    public boolean release(long messageId) {
        return release(List.of(messageId)) > 0;
    }

    /** What becomes of a unit. */
    private sealed interface Unit {}

    private record Reserved(long runId) implements Unit {}

    private record Used() implements Unit {}

    /** Judges messages and takes their units; masks by message id. */
    private Map<Long, Integer> units(List<Departure> messages, Ask ask, Instant at, Unit unit) {
        var masks = new HashMap<Long, Integer>();
        var left = messages;
        while (!left.isEmpty()) {
            var again = new ArrayList<Departure>();
            var locked = lock(left);
            var asked = unit instanceof Used ? firstOfEach(locked, again) : locked;
            judge(asked, ask, at, unit, masks, again);
            left = again;
        }
        return masks;
    }

    /** A message, and the person whose lock is held for it. */
    private record Locked(Departure message, long person) {}

    /** One message a person: the next of theirs is judged when this one's unit can be seen. */
    private static List<Locked> firstOfEach(List<Locked> locked, List<Departure> later) {
        var persons = HashSet.<Long>newHashSet(locked.size());
        var first = new ArrayList<Locked>(locked.size());
        for (var one : locked) {
            if (persons.add(one.person())) first.add(one);
            else later.add(one.message());
        }
        return first;
    }

    private void judge(
            List<Locked> asked, Ask ask, Instant at, Unit unit, Map<Long, Integer> masks, List<Departure> moved) {
        boolean use = unit instanceof Used;
        jdbc.sql(use ? USE : RESERVE)
                .params(common(ask, at, asked.stream().mapToLong(Locked::person).toArray()))
                .param("at", ConsentStore.utc(at))
                .param("places", array(IntStream.range(0, asked.size()).asLongStream()))
                .param(
                        "messages",
                        array(asked.stream().mapToLong(one -> one.message().messageId())))
                .param(
                        "customers",
                        array(asked.stream()
                                .mapToLong(one -> one.message().customer().value())))
                .param(
                        "addresses",
                        new SqlArrayValue(
                                "bigint",
                                asked.stream()
                                        .map(one -> one.message().address())
                                        .toArray()))
                .param("locked", array(asked.stream().mapToLong(Locked::person)))
                .param("use", use)
                .param("run", unit instanceof Reserved reserved ? reserved.runId() : null, Types.BIGINT)
                .query(row -> {
                    long message = row.getLong("message_id");
                    if (row.getBoolean("moved"))
                        moved.add(asked.get(row.getInt("place")).message());
                    else if (use && row.getBoolean("parting")) masks.put(message, PARTING);
                    else if (row.getInt("mask") == 0 && row.getBoolean("changed")) masks.put(message, ADDRESS_CHANGED);
                    else masks.put(message, row.getInt("mask"));
                });
    }

    /**
     * Lets PostgreSQL keep one plan, by index, for what follows in this transaction. To plan {@link #USE} anew takes several
     * times as long as to follow the plan; and tables nothing was counted of since they grew would be read whole.
     */
    private void planOnce() {
        jdbc.sql("""
                        select set_config('plan_cache_mode', 'force_generic_plan', true),
                            set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
                            set_config('enable_mergejoin', 'off', true)
                        """).query((row, n) -> n).list();
    }

    /**
     * Lets one transaction at a time look at a person's budget. The locks are taken by a statement of its own, before the
     * one that counts: under READ COMMITTED that one then sees the units of whoever held them before. Those of all ids the
     * person ever had are taken, for somebody else may not know yet of a merge; and who turns out to have been merged
     * between the two statements is locked and judged again.
     *
     * @return the messages in their order, and whose locks are held for each
     */
    private List<Locked> lock(List<Departure> messages) {
        var persons = new long[messages.size()];
        jdbc.sql("""
                        with person as (
                            select x.place, coalesce(a.customer_id, x.customer_id) as customer_id
                            from unnest(:places, :customers) as x (place, customer_id)
                            left join customer_aliases a on a.alias_id = x.customer_id),
                        locks as (
                            select distinct cast((id # (id >> 32)) & 1023 as int) as lock from (
                                select customer_id as id from person union all
                                select a.alias_id from person p join customer_aliases a on a.customer_id = p.customer_id) ids
                            order by 1),
                        held as materialized (select count(pg_advisory_xact_lock(:space, lock)) as n from locks)
                        select p.place, p.customer_id from person p, held h where h.n >= 0
                        """)
                .param("space", LOCKS)
                .param("places", array(IntStream.range(0, messages.size()).asLongStream()))
                .param(
                        "customers",
                        array(messages.stream()
                                .mapToLong(message -> message.customer().value())))
                .query(row -> {
                    persons[row.getInt("place")] = row.getLong("customer_id");
                });
        return IntStream.range(0, persons.length)
                .mapToObj(place -> new Locked(messages.get(place), persons[place]))
                .toList();
    }

    /** Which lock a customer's is, as {@link #lock} has it: those of one lock are reserved for together. */
    private static int shard(CustomerId customer) {
        return Long.hashCode(customer.value()) & 1023;
    }

    private static SqlArrayValue array(LongStream values) {
        return new SqlArrayValue("bigint", values.boxed().toArray());
    }

    /**
     * What stands against each place of {@code asked (place, message_id, customer_id)}: {@code mask} but for the budget,
     * and {@code room}, how many more units fit, null where the budget does not count.
     *
     * <p>A limit holds in every run of its days. So a unit on a day is in the way not only of units after it but also of
     * those before it: each window is looked at that holds the day asked for and ends with it or with a unit reserved for a
     * later one.
     *
     * <p>Two of one run may turn out to be one person when it is planned already. Only one of them goes out, so the unit that
     * was reserved for the other is not in the way: it moves no window over its limit, for both were counted in it.
     *
     * <p>Who confirmed at an address is written to at such addresses only, as long as there is double opt-in at all.
     *
     * <p>Silence ({@code silence}), where it is permission at all, is none of who is asked to confirm a yes, nor of who lives
     * where a yes has to be confirmed, or in a country nobody can read: else whoever says nothing would be written to, and
     * whoever does say yes would not.
     *
     * <p>Consents of two who turned out to be one are folded a little later. Until then a no of either counts. So are those
     * of one who turned out to be two taken apart. Until then there is no permission for either: whose word it was that
     * stands, or that no longer does, is not known yet.
     *
     * <p>A person's units are looked up one person at a time ({@code offset 0} keeps it so). Right after a large run was
     * reserved, PostgreSQL takes the table for an almost empty one and would read all of it for each message.
     */
    private static final String FACTS = """
            person as (
                select q.place, q.message_id, coalesce(a.customer_id, q.customer_id) as customer_id
                from asked q left join customer_aliases a on a.alias_id = q.customer_id),
            limits as (
                select id, category, channel, days, most from contact_limits
                where :counted and (category is null or category = :category) and (channel is null or channel = :channel)
                union all select 0, null, null, cast(:days as int), cast(:budget as int) where :counted),
            others as (
                select p.place, p.message_id, a.alias_id as id
                from person p join customer_aliases a on a.customer_id = p.customer_id and a.alias_id <> p.customer_id),
            ids as (
                select place, message_id, customer_id as id from person
                union all select place, message_id, id from others),
            proven as (
                select i.place, array_agg(a.address_hash) as hashes
                from ids i join consent_addresses a on a.customer_id = i.id and a.channel = :channel
                where :confirming
                    and (:doubleOptIn or exists (select 1 from consent_countries where double_opt_in))
                group by i.place),
            asking as (
                select distinct i.place
                from ids i join consent_confirmations q on q.customer_id = i.id
                where :unasked and q.purpose = :purpose and q.channel = :channel and q.confirmed_at is null
                    and q.expires_at > cast(:instant as timestamptz)),
            dissent as (
                select distinct o.place
                from others o join consents w on w.customer_id = o.id and w.purpose = :purpose and w.channel = :channel
                    and w.topic in ('', :topic) and not w.granted),
            parted as materialized (
                select unnest(array[customer_id, other_id]) as id from customer_partings
                where number > (select last_merge from consent_progress)),
            parting as (select distinct i.place from ids i join parted s on s.id = i.id),
            taken as (
                select i.place, u.day, u.category, u.channel
                from ids i cross join lateral (
                    select * from contact_units c
                    where :counted and c.customer_id = i.id and c.day > cast(:day as date) - cast(:longest as int)
                        and c.day < cast(:day as date) + cast(:longest as int)
                    offset 0) u
                where u.message_id is distinct from i.message_id
                    and not (u.state = 'reserved' and coalesce(
                        (select own.run_id = u.run_id and own.day = u.day
                         from contact_units own where own.message_id = i.message_id), false))),
            ends as (
                select distinct place, cast(:day as date) as last from taken
                union select place, day from taken where day > cast(:day as date)),
            counted as (
                select e.place, l.most - count(*) as room
                from ends e join taken t on t.place = e.place and t.day <= e.last
                join limits l on e.last < cast(:day as date) + l.days and t.day > e.last - l.days
                    and (l.category is null or l.category = t.category) and (l.channel is null or l.channel = t.channel)
                group by e.place, e.last, l.id, l.most),
            room as (select place, min(room) as room from counted group by place),
            facts as (
                select p.place, p.message_id, p.customer_id, r.address_hash,
                    g.place is not null as parting,
                    case when d.place is not null or g.place is not null or not r.address_hash = any (v.hashes) then :noConsent
                        when coalesce(%s, z.silence) then 0
                        when not t.granted and coalesce(c.granted, z.silence) then :topicDeclined
                        else :noConsent end
                    + case when exists (
                        select 1 from suppressions s where s.channel = :channel and s.address_hash = r.address_hash
                            and s.topic in ('', :topic) and (:counted or s.reason <> 'unsubscribe') and %s)
                        then :suppressed else 0 end
                    + case when r.address_hash is null then :noAddress else 0 end as mask,
                    least((select min(most) from limits), x.room) as room
                from person p
                left join consents c on c.customer_id = p.customer_id and c.purpose = :purpose
                    and c.channel = :channel and c.topic = ''
                left join consents t on t.customer_id = p.customer_id and t.purpose = :purpose
                    and t.channel = :channel and t.topic = :topic and t.topic <> ''
                left join reachable_customers r on r.customer_id = p.customer_id and r.channel = :channel
                left join room x on x.place = p.place
                left join dissent d on d.place = p.place
                left join parting g on g.place = p.place
                left join proven v on v.place = p.place
                left join asking k on k.place = p.place
                cross join lateral (
                    select :unasked and k.place is null and case when not :byCountry then true else coalesce(
                        (select bool_and(w.value = any (:otherCountries)) from customer_words w
                         where w.customer_id = p.customer_id and w.trait = 'country' and w.value <> all (:noCountries)),
                        (select bool_and(w.value = any (:otherCountries)) from customer_words w
                         where w.customer_id = p.customer_id and w.trait = 'address.country'
                            and w.value <> all (:noCountries)),
                        not exists (
                            select 1 from customer_words w
                            where w.customer_id = p.customer_id and w.trait in ('country', 'address.country')
                                and w.value <> all (:blankCountries))) end as silence) z)
            """.formatted(ConsentStore.HOLDS, ConsentStore.STANDS);

    private static final String RESERVE = """
            with asked as (
                select * from unnest(:places, :messages, :customers) as x (place, message_id, customer_id)),
            """ + FACTS + """
            , judged as (
                select f.*, h.state, f.customer_id <> k.customer_id as moved, k.address
                from facts f
                join unnest(:places, :locked, :addresses) as k (place, customer_id, address) on k.place = f.place
                left join contact_units h on h.message_id = f.message_id),
            ranked as (
                select *, row_number() over (
                    partition by customer_id, mask = 0 and not moved and state is null order by message_id) as rank
                from judged),
            final as (
                select place, message_id, customer_id, state, moved, parting,
                    address_hash is distinct from coalesce(address, address_hash) as changed,
                    mask + case
                        when :use and room < 1 then :overBudget
                        when not :use and state is null and room < rank then :overBudget
                        else 0 end as mask
                from ranked),
            units as (
                insert into contact_units
                    (message_id, customer_id, purpose, taken_at, day, channel, category, state, run_id)
                select message_id, customer_id, :purpose, :at, cast(:day as date), :channel, :category,
                    case when :use then 'used' else 'reserved' end, cast(:run as bigint)
                from final where mask = 0 and not moved and not changed and :counted and (:use or state is null)
                on conflict (message_id) do update
                set taken_at = excluded.taken_at, day = excluded.day, state = excluded.state)
            select place, message_id, moved, changed, parting, mask from final
            """;

    /** The same under another name: the plan of it that is kept is never the one for an audience. */
    private static final String USE = "/* use */ " + RESERVE;

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

    /** @param whose is judged; null: anybody's */
    private Map<String, Object> common(Ask ask, Instant at, long @Nullable [] whose) {
        var values = new HashMap<String, Object>();
        values.put("purpose", ask.purpose());
        values.put("channel", ask.channel());
        values.put("topic", Objects.requireNonNullElse(ask.topic(), ""));
        values.put("category", ask.category().code());
        values.put("counted", ask.isCounted());
        values.put("day", LocalDate.ofInstant(at, clock.zone()));
        values.put("days", settings.contactDays());
        values.put("budget", settings.contactBudget());
        values.put("longest", Math.max(settings.contactDays(), ContactLimit.LONGEST));
        boolean unasked = unasked(ask);
        boolean byCountry = unasked
                && ask.purpose().equals(MARKETING)
                && ask.channel().equals(EMAIL)
                && Countries.anyDoubleOptIn(jdbc);
        var words = byCountry ? Countries.words(jdbc, whose) : Countries.Words.NONE;
        values.put("unasked", unasked);
        values.put("instant", ConsentStore.utc(at));
        values.put("byCountry", byCountry);
        values.put("otherCountries", ConsentStore.texts(words.others(), word -> word));
        values.put("noCountries", ConsentStore.texts(words.none(), word -> word));
        values.put("blankCountries", ConsentStore.texts(words.blank(), word -> word));
        values.put("confirming", !ask.purpose().equals(TRANSACTIONAL));
        values.put("doubleOptIn", settings.doubleOptIn());
        values.put("noConsent", Refusal.NO_CONSENT.bit());
        values.put("topicDeclined", Refusal.TOPIC_DECLINED.bit());
        values.put("suppressed", Refusal.SUPPRESSED.bit());
        values.put("noAddress", Refusal.NO_ADDRESS.bit());
        values.put("overBudget", Refusal.OVER_CONTACT_BUDGET.bit());
        return values;
    }

    /** Whether a customer who said nothing may be written to. */
    private boolean unasked(Ask ask) {
        return switch (ask.purpose()) {
            case MARKETING -> settings.takesSilence(ask.channel());
            case TRANSACTIONAL -> true;
            default -> false;
        };
    }
}
