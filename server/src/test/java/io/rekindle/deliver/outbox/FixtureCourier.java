package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.plan.CouponCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The modules to the left, reduced to what the outbox asks of them. What it takes, it takes in PostgreSQL in the
 * caller's transaction, as they do, so that a test sees what a rollback gave back.
 */
final class FixtureCourier implements Courier {
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Map<CustomerId, String> refusals = new ConcurrentHashMap<>();
    private final Set<CustomerId> nameless = ConcurrentHashMap.newKeySet();
    private final Set<CustomerId> suppressed = ConcurrentHashMap.newKeySet();
    private final Set<Long> finished = ConcurrentHashMap.newKeySet();

    /** What the next calls of the modules to the left end in. */
    private final Queue<Error> errors = new ConcurrentLinkedQueue<>();

    private volatile boolean waiting;
    private volatile @Nullable Instant quietUntil;
    private volatile CouponCode.Reason withoutCode = CouponCode.Reason.NO_COUPON;

    FixtureCourier(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        jdbc.sql("create table if not exists fixture_budget (message_id bigint primary key)")
                .update();
        jdbc.sql("create table if not exists fixture_codes (code text primary key, message_id bigint unique)")
                .update();
    }

    void failNextWith(Error... next) {
        errors.addAll(List.of(next));
    }

    boolean hasFailed() {
        return errors.isEmpty();
    }

    private void failIfToldTo() {
        var error = errors.poll();
        if (error != null) throw error;
    }

    static String address(CustomerId customer) {
        return "c%d@example.com".formatted(customer.value());
    }

    void refuse(CustomerId customer, String reason) {
        refusals.put(customer, reason);
    }

    void forgetNameOf(CustomerId customer) {
        nameless.add(customer);
    }

    void quietUntil(Instant until) {
        quietUntil = until;
    }

    /** Why there is no code when there is none. */
    void noCodesFor(CouponCode.Reason reason) {
        withoutCode = reason;
    }

    void codes(String... codes) {
        for (var code : codes)
            jdbc.sql("insert into fixture_codes (code) values (:code)")
                    .param("code", code)
                    .update();
    }

    /** Messages the contact budget was taken for. */
    Set<Long> budgetTaken() {
        return new HashSet<>(jdbc.sql("select message_id from fixture_budget")
                .query(Long.class)
                .list());
    }

    long codesTaken() {
        return jdbc.sql("select count(message_id) from fixture_codes")
                .query(Long.class)
                .single();
    }

    Set<CustomerId> suppressed() {
        return Set.copyOf(suppressed);
    }

    Set<Long> finished() {
        return Set.copyOf(finished);
    }

    void waits(boolean now) {
        waiting = now;
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public Map<CustomerId, Recipient> recipients(String channel, Collection<CustomerId> customers) {
        failIfToldTo();
        return customers.stream()
                .collect(Collectors.toMap(
                        customer -> customer,
                        customer -> new Recipient(
                                customer,
                                new Address(channel, address(customer), customer.value()),
                                nameless.contains(customer) ? Map.of() : Map.of("firstName", "Ann"))));
    }

    @Override
    public Written write(DueMessage message, Recipient recipient, @Nullable String coupon, String unsubscribeUrl) {
        var name = recipient.values().get("firstName");
        if (name == null) return new Written.Lacking(List.of("html line 1: customer.first_name"));
        return new Written.Complete(
                "We miss you, " + name,
                "<p>Hello %s, <a href=\"https://shop.example/new\">look</a> %s</p>".formatted(name, coupon),
                "Hello " + name);
    }

    @Override
    public Map<Long, Verdict> take(Map<DueMessage, Address> messages) {
        failIfToldTo();
        return messages.keySet().stream().collect(Collectors.toMap(DueMessage::messageId, this::take));
    }

    private Verdict take(DueMessage message) {
        var reason = refusals.get(message.customer());
        if (reason != null) return new Verdict.Refused(reason);
        var until = quietUntil;
        if (until != null && clock.instant().isBefore(until)) return new Verdict.Later(until);
        jdbc.sql("insert into fixture_budget (message_id) values (:id) on conflict do nothing")
                .param("id", message.messageId())
                .update();
        return new Verdict.Granted();
    }

    @Override
    public Map<Long, CouponCode> coupons(long offerId, List<DueMessage> messages) {
        return messages.stream().collect(Collectors.toMap(DueMessage::messageId, this::coupon));
    }

    private CouponCode coupon(DueMessage message) {
        return jdbc.sql("""
                        update fixture_codes set message_id = :id
                        where code = (select code from fixture_codes where message_id is null
                                      order by code limit 1 for update skip locked)
                        returning code
                        """)
                .param("id", message.messageId())
                .query(String.class)
                .optional()
                .<CouponCode>map(CouponCode.Given::new)
                .orElseGet(() -> new CouponCode.None(withoutCode));
    }

    @Override
    public void giveBack(Collection<Long> messageIds) {
        for (var messageId : messageIds) {
            jdbc.sql("delete from fixture_budget where message_id = :id")
                    .param("id", messageId)
                    .update();
            jdbc.sql("update fixture_codes set message_id = null where message_id = :id")
                    .param("id", messageId)
                    .update();
        }
    }

    @Override
    public void giveBackReserved(long runId) {}

    @Override
    public void suppress(long messageId, Address address) {
        suppressed.add(new CustomerId(address.hash()));
    }

    @Override
    public void finished(long runId, long campaignId) {
        finished.add(runId);
    }
}
