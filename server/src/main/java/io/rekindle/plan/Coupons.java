package io.rekindle.plan;

import io.rekindle.collect.EventType;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Gives out codes, each once, and recognises them in orders. As a tail of the log it reads the coupon of every order
 * that is completed.
 */
@Component
public class Coupons implements Tail {
    private static final String ORDER_COMPLETED = "Order Completed";

    private final JdbcClient jdbc;
    private final BusinessClock clock;

    Coupons(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** A message that is to carry a code of an offer, and to whom; for which campaign. */
    public record Bearer(long messageId, long campaignId, CustomerId customer) {}

    /**
     * Takes a code for each of these messages, in the caller's transaction: workers beside each other never get the same
     * one and never wait for each other. Asked again for the same message, it gives the same code. Codes that do not
     * suffice go to those named first.
     *
     * <p>A budget that pays for n codes is kept by giving out none but the offer's first n: nobody has to count, and
     * workers beside each other cannot go over it.
     *
     * @return the answer by message id, of every message
     */
    public Map<Long, CouponCode> take(long offerId, List<Bearer> bearers) {
        var now = OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        var codes = HashMap.<Long, CouponCode>newHashMap(bearers.size());
        jdbc.sql("""
                        with asked as (
                            select * from unnest(:messages, :customers, :campaigns) with ordinality
                                as x (message_id, customer_id, campaign_id, place)),
                        mine as (select c.message_id, c.code from asked a join coupons c on c.message_id = a.message_id),
                        wanting as (
                            select a.*, row_number() over (order by a.place) as n from asked a
                            where not exists (select 1 from mine m where m.message_id = a.message_id)),
                        free as materialized (
                            select c.id, c.place from coupons c
                            where c.offer_id = :offer and c.message_id is null
                              and c.place <= (
                                  select case when o.expires_at <= :now then 0 else coalesce(o.affordable, 9223372036854775807) end
                                  from offers o where o.id = :offer)
                            order by c.place limit (select count(*) from wanting) for update of c skip locked),
                        numbered as (select id, row_number() over (order by place) as n from free),
                        taken as (
                            update coupons c set message_id = w.message_id, customer_id = w.customer_id, taken_at = :now,
                                campaign_id = w.campaign_id
                            from numbered f join wanting w on w.n = f.n where c.id = f.id returning c.message_id, c.code)
                        select message_id, code from mine union all select message_id, code from taken
                        """)
                .param("offer", offerId)
                .param("messages", bigints(bearers.stream().map(Bearer::messageId)))
                .param(
                        "customers",
                        bigints(bearers.stream().map(bearer -> bearer.customer().value())))
                .param("campaigns", bigints(bearers.stream().map(Bearer::campaignId)))
                .param("now", now)
                .query(row -> {
                    codes.put(row.getLong("message_id"), new CouponCode.Given(row.getString("code")));
                });
        if (codes.size() < bearers.size()) {
            var none = new CouponCode.None(whyNone(offerId, now));
            for (var bearer : bearers) codes.putIfAbsent(bearer.messageId(), none);
        }
        return codes;
    }

    /** {@link #take(long, List)} for one message. */
    public CouponCode take(long offerId, long campaignId, long messageId, CustomerId customer) {
        return Objects.requireNonNull(take(offerId, List.of(new Bearer(messageId, campaignId, customer)))
                .get(messageId));
    }

    private static SqlArrayValue bigints(Stream<Long> values) {
        return new SqlArrayValue("bigint", values.toArray());
    }

    private CouponCode.Reason whyNone(long offerId, OffsetDateTime now) {
        return jdbc.sql("""
                        select o.expires_at <= :now as expired,
                            exists (
                                select 1 from coupons c where c.offer_id = :offer and c.message_id is null and c.place > o.affordable
                            ) as used_up
                        from offers o where o.id = :offer
                        """)
                .param("offer", offerId)
                .param("now", now)
                .query((r, n) -> r.getBoolean("expired")
                        ? CouponCode.Reason.OFFER_EXPIRED
                        : r.getBoolean("used_up") ? CouponCode.Reason.OFFER_BUDGET_USED : CouponCode.Reason.NO_COUPON)
                .single();
    }

    /** Gives the codes of messages back that are known not to have gone out, unless they were used. */
    public void release(Collection<Long> messageIds) {
        jdbc.sql("""
                        update coupons set message_id = null, customer_id = null, taken_at = null, campaign_id = null
                        where message_id = any(:messages) and redeemed_at is null
                        """).param("messages", bigints(messageIds.stream())).update();
    }

    /** {@link #release(Collection)} of one message. */
    public void release(long messageId) {
        release(List.of(messageId));
    }

    /** To which messages these codes of an offer were given; codes that were given to none are left out. */
    public Map<String, Long> messagesOf(long offerId, Collection<String> codes) {
        var messages = new HashMap<String, Long>();
        jdbc.sql("""
                        select code, message_id from coupons
                        where offer_id = :offer and code = any(:codes) and message_id is not null
                        """)
                .param("offer", offerId)
                .param("codes", codes.toArray(String[]::new))
                .query(row -> {
                    messages.put(row.getString("code"), row.getLong("message_id"));
                });
        return messages;
    }

    @Override
    public String name() {
        return "coupons";
    }

    @Override
    public Interest interest() {
        return new Interest(Set.of(), Set.of(ORDER_COMPLETED));
    }

    /** The first order that carries a code redeems it; later ones change nothing. */
    @Override
    public void process(Batch batch) {
        var first = new HashMap<String, LoggedEvent>();
        for (var event : batch.events()) {
            if (event.type() != EventType.TRACK || !ORDER_COMPLETED.equals(event.name())) continue;
            var coupon = event.properties().path("coupon");
            if (coupon.isString() && !coupon.stringValue().isBlank())
                first.putIfAbsent(Offers.normalised(coupon.stringValue()), event);
        }
        if (first.isEmpty()) return;
        var codes = new ArrayList<String>();
        var orders = new ArrayList<String>();
        var times = new ArrayList<String>();
        first.forEach((code, event) -> {
            codes.add(code);
            orders.add(orderId(event));
            times.add(event.occurredAt().toString());
        });
        jdbc.sql("""
                        with used as (
                            update coupons c set redeemed_order = u.order_id, redeemed_at = u.at
                            from unnest(:codes::text[], :orders::text[], :times::timestamptz[]) as u(code, order_id, at)
                            where c.code = u.code and c.redeemed_at is null returning c.offer_id)
                        update offers o set redeemed = o.redeemed + n.uses
                        from (select offer_id, count(*) as uses from used group by offer_id) n where o.id = n.offer_id
                        """)
                .param("codes", codes.toArray(String[]::new))
                .param("orders", orders.toArray(String[]::new))
                .param("times", times.toArray(String[]::new))
                .update();
    }

    private static String orderId(LoggedEvent event) {
        var id = event.properties().path("order_id");
        return id.isString() ? id.stringValue() : id.isMissingNode() ? event.messageId() : id.toString();
    }
}
