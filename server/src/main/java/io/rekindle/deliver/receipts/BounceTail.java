package io.rekindle.deliver.receipts;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.identity.Identities;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Takes deliveries back: a mail server may accept a message and send it back hours later, which the company's mail
 * provider tells as an event {@code Email Bounced}. The message is the property {@code message_id} when it is one of
 * ours; else the latest one sent before to the address the event carries ({@code address_hash} or its e-mail address),
 * or, when it carries none, to its customer. It stays {@code sent}, with the reason {@code bounced}. A repeated event
 * finds it marked; a failure of our own handing over, told by the same event, finds no message sent.
 */
@Component
class BounceTail implements Tail {
    static final String BOUNCED = "Email Bounced";

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
        return new Interest(Set.of(), Set.of(BOUNCED));
    }

    @Override
    public void process(Batch batch) {
        var told = batch.events().stream()
                .filter(event -> event.type() == EventType.TRACK && BOUNCED.equals(event.name()))
                .toList();
        if (told.isEmpty()) return;
        var customers = identities.canonical(
                told.stream().map(LoggedEvent::customer).distinct().toList());
        jdbc.sql("""
                        with told as (
                            select * from unnest(:messages::bigint[], :addresses::bigint[], :customers::bigint[],
                                                 :times::timestamptz[], :kinds::text[])
                                as t (message_id, address_hash, customer_id, at, kind)),
                        meant as (
                            select coalesce(named.message_id, latest.message_id) as message_id, min(t.at) as at,
                                   min(t.kind) as kind
                            from told t
                            left join messages named on named.message_id = t.message_id
                            left join lateral (
                                select m.message_id from messages m
                                where named.message_id is null
                                  and m.customer_id in (
                                      select t.customer_id
                                      union all select alias_id from customer_aliases where customer_id = t.customer_id)
                                  and (t.address_hash is null or m.address_hash = t.address_hash)
                                  -- The clocks of two machines are not one.
                                  and m.sent_at <= t.at + interval '5 minutes'
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
                .param("addresses", told.stream().map(BounceTail::address).toArray(Long[]::new))
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
                .update();
    }

    /** Ids travel as decimal strings; a number is understood too. */
    private static @Nullable Long number(LoggedEvent event, String property) {
        var text = event.properties().path(property).asString("");
        return text.matches("-?\\d{1,18}|-?[0-8]\\d{18}") ? Long.valueOf(text) : null;
    }

    private static @Nullable Long address(LoggedEvent event) {
        var hash = number(event, "address_hash");
        if (hash != null) return hash;
        return event.identifiers().stream()
                .filter(identifier -> identifier.type() == Identifier.Type.EMAIL)
                .map(identifier -> identifier.id().value())
                .findFirst()
                .orElse(null);
    }

    /** Kept when it is a word: what a provider calls the kind of bounce. */
    private static String kind(LoggedEvent event) {
        var kind = event.properties().path("bounce_type").asString("").toLowerCase(Locale.ROOT);
        return kind.matches("[a-z_-]{1,30}") ? kind : "unknown";
    }
}
