package io.rekindle.evaluate;

import io.rekindle.decide.Run;
import io.rekindle.models.experiment.Sample;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a run bought in its window, each question one statement over the history.
 *
 * <p>The window begins at the planned time and is the same for both arms, whenever a message really went out: otherwise
 * the arms would be compared over different days. An order counts unless it was cancelled as a whole; its net revenue is
 * gross less discount less everything taken back. What an order with one of the campaign's codes costs is charged to the
 * arm of whoever placed it, held out or not.
 */
final class Outcomes {
    private final Warehouse warehouse;
    private final Run run;
    private final Function<List<String>, Map<String, Long>> messagesOfCodes;
    private final BigDecimal costPerUse;
    private final BigDecimal messageCost;
    private final long ownSource;

    /**
     * @param messagesOfCodes to which messages codes of the run's offer were given
     * @param ownSource of the events of this installation's own messages: other senders number their campaigns too
     */
    Outcomes(
            Warehouse warehouse,
            Run run,
            Function<List<String>, Map<String, Long>> messagesOfCodes,
            BigDecimal costPerUse,
            BigDecimal messageCost,
            long ownSource) {
        this.warehouse = warehouse;
        this.run = run;
        this.messagesOfCodes = messagesOfCodes;
        this.costPerUse = costPerUse;
        this.messageCost = messageCost;
        this.ownSource = ownSource;
    }

    /**
     * How an arm did; sums of each customer's outcome, as the comparison of means needs them.
     *
     * @param contribution net revenue less what offers cost, before the cost of messages
     */
    record ArmFigures(
            long customers,
            long converted,
            Sample orders,
            Sample netRevenue,
            Sample contribution,
            BigDecimal offerCost,
            BigDecimal messageCost,
            long attributedOrders,
            BigDecimal attributedRevenue) {
        static final ArmFigures NONE = new ArmFigures(
                0,
                0,
                new Sample(0, 0, 0),
                new Sample(0, 0, 0),
                new Sample(0, 0, 0),
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                0,
                BigDecimal.ZERO);
    }

    /**
     * Both arms.
     *
     * @param contaminated persons whose merged identities had been drawn for different arms
     */
    record Figures(ArmFigures treatment, ArmFigures holdout, long contaminated) {}

    /** Who was in the audience, and what became of the messages. */
    record Funnel(long audience, long eligible, long heldOut, long sent, long delivered, long failed) {}

    /** Appends one outcome per eligible decision, once. */
    void record(Instant now) {
        warehouse.append("outcomes", "run:" + run.id(), Rows.selected(rows(run.windowTo(), now)));
    }

    /**
     * The recorded outcomes: what is told of a measured run comes from these and nothing later. Who was one person, and
     * counts in which arm, stands in them too: merges and un-merges since move nothing.
     */
    Sql recorded() {
        return Sql.of("select * from outcomes_now where run_id = ?", run.id());
    }

    /** What the outcomes would be if they were recorded now. */
    Sql soFar(Instant now) {
        return rows(now.isBefore(run.windowTo()) ? now : run.windowTo(), now);
    }

    /** Orders of the window that were reported when the log had passed that place. */
    long ordersAfter(long seq) {
        return warehouse
                .first(
                        Sql.of("with")
                                .then(bought(run.windowTo(), List.of()))
                                .then("select count(*) as orders from bought where seq > ?", seq),
                        row -> row.longValue("orders"))
                .orElseThrow();
    }

    /**
     * One row per eligible decision, columns as in the table of outcomes. It has what the person did that its customer is
     * today; of several decisions about one person the first assignment counts.
     */
    private Sql rows(Instant until, Instant now) {
        return Sql.of("with")
                .then(bought(until, codesUsed(until)))
                .then(
                        """
                , clicked as (
                    select customer_id, min(occurred_at) as clicked_at from events_now
                    where source_id = ? and type = 'track' and name in ('Email Link Clicked', 'SMS Link Clicked', 'Message Link Clicked')
                      and occurred_at >= ? and occurred_at < ?
                      and json_text(properties, '$.campaign_id') = ?
                      and coalesce(json_text(properties, '$.machine'), 'false') = 'false'
                    group by customer_id),
                sent as (select distinct decision_id from messages where run_id = ? and state = 'sent'),
                per_customer as (
                    select b.customer_id, count(*) as orders, min(b.ordered_at) as first_order_at, sum(b.gross) as gross, sum(b.refunded) as refunds,
                        sum(b.discount) as discount, sum(b.net) as net, count(*) filter (where b.with_code) as with_code,
                        count(*) filter (where b.with_code or b.ordered_at >= c.clicked_at) as attributed_orders,
                        sum(b.net) filter (where b.with_code or b.ordered_at >= c.clicked_at) as attributed_revenue
                    from bought b left join clicked c on c.customer_id = b.customer_id group by b.customer_id)
                select m.decision_id, m.run_id, m.campaign_id, m.identity_id as customer_id, m.arm,
                    cast(? as timestamp) as window_from, cast(? as timestamp) as window_to,
                    p.customer_id is not null as converted, cast(coalesce(p.orders, 0) as integer) as orders,
                    coalesce(p.gross, 0) as gross, coalesce(p.refunds, 0) as refunds,
                    coalesce(p.discount, 0) as discount,
                    cast(coalesce(p.with_code, 0) * ? as decimal(18, 4)) as offer_cost,
                    cast(case when s.decision_id is null then 0 else ? end as decimal(18, 4)) as message_cost,
                    coalesce(p.net, 0) as net_revenue,
                    cast(case when m.arm = 'treatment' then coalesce(p.attributed_orders, 0) else 0 end as integer)
                        as attributed_orders,
                    case when m.arm = 'treatment' then coalesce(p.attributed_revenue, 0) else 0 end as attributed_revenue,
                    cast(? as timestamp) as recorded_at, p.first_order_at,
                    a.decision_id as counted_decision_id, a.contaminated
                from members m join assignments_now a on a.run_id = ? and a.customer_id = m.customer_id
                left join per_customer p on p.customer_id = m.customer_id
                left join sent s on s.decision_id = m.decision_id
                """,
                        ownSource,
                        run.plannedAt(),
                        until,
                        Long.toString(run.campaignId()),
                        run.id(),
                        run.plannedAt(),
                        run.windowTo(),
                        costPerUse,
                        messageCost,
                        now,
                        run.id());
    }

    /**
     * The codes orders of the window carry that the run's messages were given. There are no more of them than orders, while
     * a run may have given out millions.
     */
    private List<String> codesUsed(Instant until) {
        var used = warehouse.query(Sql.of("""
                        select distinct upper(trim(coupon)) as code from orders_now
                        where ordered_at >= ? and ordered_at < ? and trim(coupon) <> ''
                        """, run.plannedAt(), until), row -> row.text("code"));
        var messages = used.isEmpty() ? Map.<String, Long>of() : messagesOfCodes.apply(used);
        if (messages.isEmpty()) return List.of();
        var ids = messages.values().stream().map(id -> Long.toString(id)).toList();
        var ours = new HashSet<>(warehouse.query(
                Sql.of(
                        "select distinct message_id from messages where run_id = ? and message_id in"
                                + " (select cast(unnest(cast(? as varchar[])) as bigint))",
                        run.id(),
                        ids),
                row -> row.longValue("message_id")));
        return messages.entrySet().stream()
                .filter(given -> ours.contains(given.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The members of both arms, and their orders in the window that were not cancelled as a whole. */
    private Sql bought(Instant until, List<String> codes) {
        return Sql.of("""
                members as (
                    select d.decision_id, d.run_id, d.campaign_id, d.customer_id as identity_id,
                        coalesce(i.customer_id, d.customer_id) as customer_id, d.arm
                    from decisions d left join identity_now i on i.alias_id = d.customer_id
                    where d.run_id = ? and d.eligible),
                codes as (select unnest(cast(? as varchar[])) as code),
                cancelled as (
                    select order_id, -sum(amount) as amount from order_changes_now
                    where kind = 'cancellation' and occurred_at >= ? group by order_id),
                bought as (
                    select o.customer_id, o.ordered_at, o.gross, o.refunded, o.discount, o.net, o.seq,
                        coalesce(upper(trim(o.coupon)) in (select code from codes), false) as with_code
                    from orders_now o left join cancelled c on c.order_id = o.order_id
                    where o.customer_id in (select customer_id from members)
                      and o.ordered_at >= ? and o.ordered_at < ?
                      and (c.amount is null or c.amount < o.gross - o.discount))
                """, run.id(), codes, run.plannedAt(), run.plannedAt(), until);
    }

    /** The arms, by outcomes of this run. */
    Figures figures(Sql outcomes) {
        var treatment = ArmFigures.NONE;
        var holdout = ArmFigures.NONE;
        long contaminated = 0;
        // After a merge two decisions are about one person, who counts once, under one of them; messages were paid
        // twice.
        var sql = Sql.of("with outcome as").then(outcomes.inParentheses()).then("""
                        , paid as (
                            select counted_decision_id, sum(message_cost) as message_cost from outcome
                            group by counted_decision_id),
                        person as (
                            select o.arm, o.converted, o.orders, o.net_revenue, o.offer_cost, p.message_cost,
                                o.net_revenue - o.offer_cost as contribution, o.attributed_orders, o.attributed_revenue,
                                o.contaminated
                            from outcome o join paid p on p.counted_decision_id = o.decision_id)
                        select arm, count(*) as customers, count(*) filter (where converted) as converted,
                            cast(sum(orders) as double) as orders,
                            sum(cast(orders as double) * orders) as orders_squared,
                            cast(sum(net_revenue) as double) as revenue,
                            sum(cast(net_revenue as double) * cast(net_revenue as double)) as revenue_squared,
                            cast(sum(contribution) as double) as contribution,
                            sum(cast(contribution as double) * cast(contribution as double)) as contribution_squared,
                            sum(offer_cost) as offer_cost, sum(message_cost) as message_cost,
                            sum(attributed_orders) as attributed_orders, sum(attributed_revenue) as attributed_revenue,
                            count(*) filter (where contaminated) as contaminated
                        from person group by arm
                        """);
        record Named(String arm, ArmFigures figures, long contaminated) {}
        for (var arm : warehouse.query(sql, row -> {
            long n = row.longValue("customers");
            return new Named(
                    row.text("arm"),
                    new ArmFigures(
                            n,
                            row.longValue("converted"),
                            new Sample(n, row.doubleValue("orders"), row.doubleValue("orders_squared")),
                            new Sample(n, row.doubleValue("revenue"), row.doubleValue("revenue_squared")),
                            new Sample(n, row.doubleValue("contribution"), row.doubleValue("contribution_squared")),
                            row.decimal("offer_cost"),
                            row.decimal("message_cost"),
                            row.longValue("attributed_orders"),
                            row.decimal("attributed_revenue")),
                    row.longValue("contaminated"));
        })) {
            contaminated += arm.contaminated();
            if (arm.arm().equals("treatment")) treatment = arm.figures();
            else holdout = arm.figures();
        }
        return new Figures(treatment, holdout, contaminated);
    }

    /** How many of the audience stand where. */
    Funnel funnel() {
        record Members(long audience, long eligible, long heldOut) {}
        var members = warehouse
                .first(
                        Sql.of("""
                                select count(*) as audience, count(*) filter (where eligible) as eligible,
                                    count(*) filter (where arm = 'holdout') as held_out
                                from decisions where run_id = ?
                                """, run.id()),
                        row -> new Members(
                                row.longValue("audience"), row.longValue("eligible"), row.longValue("held_out")))
                .orElseThrow();
        return warehouse
                .first(
                        Sql.of("""
                                with latest as (select message_id, state, reason from messages_now where run_id = ?),
                                ever as (select distinct message_id from messages where run_id = ? and state = 'sent')
                                select count(e.message_id) as sent,
                                    count(*) filter (where l.state = 'sent' and l.reason is distinct from 'bounced') as delivered,
                                    count(*) filter (where l.state = 'failed') as failed
                                from latest l left join ever e on e.message_id = l.message_id
                                """, run.id(), run.id()),
                        row -> new Funnel(
                                members.audience(),
                                members.eligible(),
                                members.heldOut(),
                                row.longValue("sent"),
                                row.longValue("delivered"),
                                row.longValue("failed")))
                .orElseThrow();
    }

    /** The share of each arm that had bought by the end of each day since the planned time, by outcomes of this run. */
    List<CampaignResult.Day> series(Sql outcomes, Instant now) {
        var until = now.isBefore(run.windowTo()) ? now : run.windowTo();
        record Bought(int day, String arm, long buyers) {}
        var sql = Sql.of("with outcome as").then(outcomes.inParentheses()).then("""
                , daily as (
                    select arm, cast(floor(date_diff('second', cast(? as timestamp), first_order_at) / 86400.0) as integer) as day
                    from outcome where decision_id = counted_decision_id)
                select arm, coalesce(day, -1) as day, count(*) as customers from daily group by arm, coalesce(day, -1)
                """, run.plannedAt());
        var found = warehouse.query(
                sql, row -> new Bought(row.intValue("day"), row.text("arm"), row.longValue("customers")));
        int days = (int) ((until.getEpochSecond() - run.plannedAt().getEpochSecond() + 86_399) / 86_400);
        var series = new ArrayList<CampaignResult.Day>();
        for (int day = 0; day < days; day++) {
            int upTo = day;
            double[] share = new double[2];
            for (int arm = 0; arm < 2; arm++) {
                var name = arm == 0 ? "treatment" : "holdout";
                long all = found.stream()
                        .filter(b -> b.arm().equals(name))
                        .mapToLong(Bought::buyers)
                        .sum();
                long buyers = found.stream()
                        .filter(b -> b.arm().equals(name) && b.day() >= 0 && b.day() <= upTo)
                        .mapToLong(Bought::buyers)
                        .sum();
                share[arm] = all == 0 ? 0 : (double) buyers / all;
            }
            series.add(new CampaignResult.Day(day + 1, share[0], share[1]));
        }
        return series;
    }

    /** A number as sentences show it. */
    static String points(double share) {
        return String.format(Locale.ROOT, "%+.2f", share * 100);
    }

    static String amount(@Nullable Double value) {
        return value == null ? "?" : String.format(Locale.ROOT, "%+,.2f", value);
    }
}
