package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The limits of the contact budget, and how far one customer's is used up. */
@Component
public class ContactLimits {
    /** More is no limit. */
    public static final int MOST = 1_000;

    private final JdbcClient jdbc;
    private final ConsentSettings settings;
    private final BusinessClock clock;

    ContactLimits(JdbcClient jdbc, ConsentSettings settings, BusinessClock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** The limit of the settings: over all categories and channels, in so many days. It always holds. */
    public record Setting(int most, int days) {}

    public Setting ofSettings() {
        return new Setting(settings.contactBudget(), settings.contactDays());
    }

    /** The limits beside the one of the settings: the wide ones first, then by window. */
    public List<ContactLimit> all() {
        return jdbc.sql("""
                        select id, category, channel, days, most from contact_limits
                        order by category nulls first, channel nulls first, days
                        """).query(ContactLimits::limit).list();
    }

    /** Sets a limit; one of the same category, channel and window is replaced. In force at once. */
    @Transactional
    public ContactLimit set(
            @Nullable Category category, @Nullable String channel, ContactLimit.Window window, int most) {
        if (category == Category.TRANSACTIONAL)
            throw Problem.invalid(
                    "limit_of_transactional",
                    "what is transactional does not count towards the contact budget: there is no limit for it");
        if (channel != null) Consents.word("channel", channel);
        if (most < 0 || most > MOST)
            throw Problem.invalid("contact_limit_out_of_range", "{given} is no limit; it is 0 to {most}")
                    .with("given", most)
                    .with("most", MOST);
        return jdbc.sql("""
                        insert into contact_limits (category, channel, days, most)
                        values (:category, :channel, :days, :most)
                        on conflict (category, channel, days) do update set most = excluded.most
                        returning id, category, channel, days, most
                        """)
                .param("category", category == null ? null : category.code(), Types.VARCHAR)
                .param("channel", channel, Types.VARCHAR)
                .param("days", window.days())
                .param("most", most)
                .query(ContactLimits::limit)
                .single();
    }

    /** Takes a limit away; the limit there was. */
    @Transactional
    public ContactLimit remove(long id) {
        return jdbc.sql("delete from contact_limits where id = :id returning id, category, channel, days, most")
                .param("id", id)
                .query(ContactLimits::limit)
                .optional()
                .orElseThrow(() -> Problem.notFound("limit_not_found", "there is no limit {id} of the contact budget")
                        .with("id", id));
    }

    /**
     * How far a limit is used up for one customer: of every window that holds today.
     *
     * @param days of its window
     * @param used messages that went out, or are going out, in the window that ends today
     * @param reserved messages that are planned for a day in any of the windows
     * @param left how many more may go out today, as {@link Permissions} counts: what the fullest window has room for. It may be
     *     more than the limit less the used and the reserved, for not every window holds all of them
     */
    public record Use(
            @Nullable Category category,
            @Nullable String channel,
            int days,
            int most,
            int used,
            int reserved,
            int left) {}

    /** Every limit, that of the settings first, with its use; under today's identity map. */
    public List<Use> of(CustomerId customer) {
        return jdbc.sql("""
                        with limits as (
                            select 0 as id, null as category, null as channel, cast(:days as int) as days,
                                cast(:most as int) as most
                            union all select id, category, channel, days, most from contact_limits),
                        person as (
                            select coalesce((select customer_id from customer_aliases where alias_id = :customer), :customer) as id),
                        units as (
                            select u.* from contact_units u, person p where u.customer_id in (
                                select p.id union all select alias_id from customer_aliases where customer_id = p.id)),
                        near as (
                            select l.id, l.days, u.day, u.state from limits l join units u
                                on u.day > cast(:today as date) - l.days and u.day < cast(:today as date) + l.days
                                and (l.category is null or l.category = u.category)
                                and (l.channel is null or l.channel = u.channel)),
                        ends as (
                            select id, cast(:today as date) as last from limits
                            union select id, day from near where day > cast(:today as date)),
                        filled as (
                            select id, max(n) as most from (
                                select e.id, e.last, count(*) as n from ends e
                                join near n on n.id = e.id and n.day <= e.last and n.day > e.last - n.days
                                group by e.id, e.last) windows group by id)
                        select l.id, l.category, l.channel, l.days, l.most,
                            (select count(*) from near n where n.id = l.id and n.state = 'used') as used,
                            (select count(*) from near n where n.id = l.id and n.state = 'reserved') as reserved,
                            greatest(0, l.most - coalesce(f.most, 0)) as left_over
                        from limits l left join filled f on f.id = l.id
                        order by l.id <> 0, l.category nulls first, l.channel nulls first, l.days
                        """)
                .param("days", settings.contactDays())
                .param("most", settings.contactBudget())
                .param("customer", customer.value())
                .param("today", LocalDate.ofInstant(clock.instant(), clock.zone()))
                .query((row, n) -> new Use(
                        category(row),
                        row.getString("channel"),
                        row.getInt("days"),
                        row.getInt("most"),
                        row.getInt("used"),
                        row.getInt("reserved"),
                        row.getInt("left_over")))
                .list();
    }

    private static ContactLimit limit(ResultSet row, int number) throws SQLException {
        return new ContactLimit(
                row.getLong("id"),
                category(row),
                row.getString("channel"),
                ContactLimit.Window.ofDays(row.getInt("days")),
                row.getInt("most"));
    }

    private static @Nullable Category category(ResultSet row) throws SQLException {
        var code = row.getString("category");
        return code == null ? null : Category.of(code);
    }
}
