package io.rekindle.deliver.receipts;

import io.rekindle.collect.Bounce;
import io.rekindle.collect.EventType;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.Decimals;
import io.rekindle.identity.Identities;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Takes deliveries back: a mail server may accept a message and send it back hours later, which the company's mail
 * provider tells as an event {@code Email Bounced}. The message is the property {@code message_id} when it is one of
 * ours. It stays {@code sent}, with the reason {@code bounced}. A repeated event finds it marked; a failure of our own
 * handing over, told by the same event, finds no message sent.
 *
 * <p>Others send mail to the same people, and tell of it by the same event. One without a number of ours is taken for the
 * latest message to the address it carries ({@code address_hash} or its e-mail address), or, when it carries none, to its
 * customer, and only for one it can be about: not when it says that it was for now ({@link Bounce}: soft, transient,
 * mailbox full …), not when it names a message or a campaign that is not ours, and only for a message sent within five days
 * before: so long mail servers try before they give up (RFC 5321, 4.5.4.1).
 */
@Component
class BounceTail implements Tail {
    /** What other senders call their messages and campaigns, Segment's specification of e-mail events among them. */
    private static final List<String> OTHERS =
            List.of("messageId", "email_id", "emailId", "campaignId", "campaign_name", "campaignName", "campaign");

    private final JdbcClient jdbc;
    private final Identities identities;

    BounceTail(JdbcClient jdbc, Identities identities) {
        this.jdbc = jdbc;
        this.identities = identities;
    }

    @Override
    public String name() {
        return "receipts";
    }

    @Override
    public List<String> after() {
        return List.of("identity");
    }

    @Override
    public Interest interest() {
        return new Interest(Set.of(), Set.of(Bounce.EVENT));
    }

    @Override
    public void process(Batch batch) {
        var told = batch.events().stream()
                .filter(event -> event.type() == EventType.TRACK && Bounce.EVENT.equals(event.name()))
                .toList();
        if (told.isEmpty()) return;
        var customers = identities.canonical(
                told.stream().map(LoggedEvent::customer).distinct().toList());
        jdbc.sql("""
                        with told as (
                            select * from unnest(:messages::bigint[], :addresses::bigint[], :customers::bigint[],
                                                 :times::timestamptz[], :kinds::text[], :foreign::boolean[],
                                                 :campaigns::bigint[])
                                as t (message_id, address_hash, customer_id, at, kind, is_foreign, campaign_id)),
                        meant as (
                            select coalesce(named.message_id, latest.message_id) as message_id, min(t.at) as at,
                                   min(t.kind) as kind
                            from told t
                            left join messages named on named.message_id = t.message_id
                            left join lateral (
                                select m.message_id from messages m
                                where named.message_id is null and not t.is_foreign
                                  and (t.campaign_id is null or m.campaign_id = t.campaign_id)
                                  and m.customer_id in (
                                      select t.customer_id
                                      union all select alias_id from customer_aliases where customer_id = t.customer_id)
                                  and (t.address_hash is null or m.address_hash = t.address_hash)
                                  -- The clocks of two machines are not one.
                                  and m.sent_at <= t.at + interval '5 minutes'
                                  and m.sent_at >= t.at - interval '5 days'
                                order by m.sent_at desc, m.message_id limit 1) latest on true
                            group by 1),
                        changed as (
                            update messages m
                            set reason = 'bounced', detail = e.kind,
                                -- Later than the change before, so that the history has it last.
                                changed_at = greatest(e.at, m.changed_at + interval '1 microsecond')
                            from meant e
                            where m.message_id = e.message_id and m.state = 'sent' and m.reason is distinct from 'bounced'
                            returning m.message_id, m.state, m.reason, m.detail, m.changed_at)
                        insert into message_changes (message_id, state, reason, detail, changed_at)
                        select message_id, state, reason, detail, changed_at from changed
                        """)
                .param(
                        "messages",
                        told.stream().map(event -> number(event, "message_id")).toArray(Long[]::new))
                .param("addresses", told.stream().map(LoggedEvent::emailAddress).toArray(Long[]::new))
                .param(
                        "customers",
                        told.stream()
                                .map(event -> customers
                                        .getOrDefault(event.customer(), event.customer())
                                        .value())
                                .toArray(Long[]::new))
                .param(
                        "times",
                        told.stream()
                                .map(event -> event.occurredAt().toString())
                                .toArray(String[]::new))
                .param("kinds", told.stream().map(BounceTail::kind).toArray(String[]::new))
                .param(
                        "foreign",
                        told.stream()
                                .map(event -> Bounce.of(event.properties()) == Bounce.FOR_NOW || namesAnothers(event))
                                .toArray(Boolean[]::new))
                .param(
                        "campaigns",
                        told.stream().map(event -> number(event, "campaign_id")).toArray(Long[]::new))
                .update();
    }

    /** Ids travel as decimal strings; a number is understood too. */
    private static @Nullable Long number(LoggedEvent event, String property) {
        return Decimals.whole(event.properties().path(property).asString(""));
    }

    /** Our own events carry numbers under {@code message_id} and {@code campaign_id}, and none of the other names. */
    private static boolean namesAnothers(LoggedEvent event) {
        return isGiven(event, "message_id")
                || (isGiven(event, "campaign_id") && number(event, "campaign_id") == null)
                || OTHERS.stream().anyMatch(property -> isGiven(event, property));
    }

    private static boolean isGiven(LoggedEvent event, String property) {
        var value = event.properties().path(property);
        return !value.isMissingNode() && !value.isNull() && !value.asString("-").isBlank();
    }

    /** Kept when it is a word: what a provider calls the kind of bounce. */
    private static String kind(LoggedEvent event) {
        var kind = Bounce.type(event.properties());
        return kind.matches("[a-z_-]{1,30}") ? kind : "unknown";
    }
}
