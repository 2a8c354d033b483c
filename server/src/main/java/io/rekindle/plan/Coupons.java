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
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
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

    /**
     * Takes a code for a message, in the caller's transaction: workers beside each other never get the same one and
     * never wait for each other. Asked again for the same message, it gives the same code.
     *
     * <p>A budget that pays for n codes is kept by giving out none but the offer's first n: nobody has to count, and
     * workers beside each other cannot go over it.
     */
    public CouponCode take(long offerId, long campaignId, long messageId, CustomerId customer) {
        var now = OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        var code = jdbc.sql("""
                        with mine as (select code from coupons where message_id = :message),
                        free as (
                            select c.id from coupons c
                            where c.offer_id = :offer and c.message_id is null and not exists (select 1 from mine)
                              and c.place <= (
                                  select case when o.expires_at <= :now then 0 else coalesce(o.affordable, 9223372036854775807) end
                                  from offers o where o.id = :offer)
                            order by c.place limit 1 for update of c skip locked),
                        taken as (
                            update coupons c set message_id = :message, customer_id = :customer, taken_at = :now,
                                campaign_id = :campaign
                            from free where c.id = free.id returning c.code)
                        select code from mine union all select code from taken
                        """)
                .param("offer", offerId)
                .param("campaign", campaignId)
                .param("message", messageId)
                .param("customer", customer.value())
                .param("now", now)
                .query(String.class)
                .optional();
        return code.<CouponCode>map(CouponCode.Given::new).orElseGet(() -> new CouponCode.None(whyNone(offerId, now)));
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

    /** Gives a message's code back, unless it was used; for a message that is known not to have gone out. */
    public void release(long messageId) {
        jdbc.sql("""
                        update coupons set message_id = null, customer_id = null, taken_at = null, campaign_id = null
                        where message_id = :message and redeemed_at is null
                        """).param("message", messageId).update();
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
