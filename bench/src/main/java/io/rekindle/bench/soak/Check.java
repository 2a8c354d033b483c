package io.rekindle.bench.soak;

import io.rekindle.app.server.RunningServer;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.IdentityCheck;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Holds both stores against what was acknowledged. Nothing is on its way any more: every sender had its last answer. */
final class Check {
    private static final int MOST_TOLD = 20;

    private final Crowd crowd;
    private final List<Sender> senders;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final EventLog log;
    private final Tails tails;
    private final Identifiers identifiers;
    private final Identities identities;
    private final Profiles profiles;
    private final IdentityCheck check;
    private final List<String> faults = new ArrayList<>();

    Check(RunningServer server, Crowd crowd, List<Sender> senders) {
        this.crowd = crowd;
        this.senders = senders;
        warehouse = server.part(Warehouse.class);
        jdbc = server.part(JdbcClient.class);
        log = server.part(EventLog.class);
        tails = server.part(Tails.class);
        identifiers = server.part(Identifiers.class);
        identities = server.part(Identities.class);
        profiles = server.part(Profiles.class);
        check = server.part(IdentityCheck.class);
    }

    /** What is wrong, in words; empty when all is as it must be. */
    List<String> faults() {
        tails.awaitAll(log.lastSeq());
        history();
        var truth = new Truth();
        for (var sender : senders)
            for (long number = 0; number < sender.batches(); number++)
                crowd.batch(sender.client(), number).forEach(truth::see);
        counts(truth);
        persons(truth);
        profiles(truth);
        graph();
        return faults.size() <= MOST_TOLD ? faults : faults.subList(0, MOST_TOLD);
    }

    private void history() {
        record Seen(int client, long events, long different, long batches, long last) {}
        var seen = new HashMap<Integer, Seen>();
        warehouse.stream(
                Sql.of("""
                        with sent as (
                            select message_id, cast(split_part(message_id, '-', 2) as integer) as client,
                                cast(split_part(message_id, '-', 3) as bigint) as number
                            from events where message_id like 'soak-%')
                        select client, count(*) as events, count(distinct message_id) as different,
                            count(distinct number) as batches, max(number) as last
                        from sent group by client
                        """),
                row -> seen.put(
                        row.intValue("client"),
                        new Seen(
                                row.intValue("client"),
                                row.longValue("events"),
                                row.longValue("different"),
                                row.longValue("batches"),
                                row.longValue("last"))));
        for (var sender : senders) {
            long batches = sender.batches();
            var must = new Seen(sender.client(), batches * Crowd.BATCH, batches * Crowd.BATCH, batches, batches - 1);
            var is = seen.get(sender.client());
            if (!must.equals(is)) faults.add("history: %s instead of %s".formatted(is, must));
        }
    }

    private void counts(Truth truth) {
        long events = log.lastSeq();
        same("places in the log", number("select count(*) as n from events"), events);
        same("events in the daily roll-up", number("select coalesce(sum(events), 0) as n from event_days"), events);
        same("orders in the history", number("select count(*) as n from orders"), truth.orders());
        same("orders placed", state("select count(*) from orders_placed"), truth.orders());
        same("the last tail's place", state("select min(seq) from tail_offsets"), events);
        same("personal fields not taken up", state("select count(*) from intake_personal"), 0);
    }

    private void persons(Truth truth) {
        var ids = new HashMap<String, CustomerId>();
        for (var identifier : truth.identifiers()) ids.put(identifier, idOf(identifier));
        var canonical = identities.canonical(ids.values());
        var customers = new HashMap<String, CustomerId>();
        for (var identifier : truth.identifiers()) {
            var customer = canonical.get(ids.get(identifier));
            var before = customers.putIfAbsent(truth.personOf(identifier), customer);
            if (before != null && !before.equals(customer))
                faults.add("%s is not of the same customer as %s".formatted(identifier, truth.personOf(identifier)));
        }
        if (new HashSet<>(customers.values()).size() != customers.size())
            faults.add("%,d persons are %,d customers"
                    .formatted(customers.size(), new HashSet<>(customers.values()).size()));
    }

    /** The product's own walk: links, map and whatever is kept by customer, against one another. */
    private void graph() {
        for (var finding : check.check().findings())
            faults.add("identity graph: %s (%,d, such as %s)"
                    .formatted(finding.words(), finding.count(), finding.examples()));
    }

    private CustomerId idOf(String identifier) {
        var type = identifier.startsWith("account-")
                ? Identifier.Type.USER_ID
                : identifier.startsWith("device-") ? Identifier.Type.ANONYMOUS_ID : Identifier.Type.EMAIL;
        return identifiers.of(type, identifier).orElseThrow().id();
    }

    private void profiles(Truth truth) {
        var ids = new HashMap<String, CustomerId>();
        for (var account : truth.lastNumbers().keySet()) ids.put(account, idOf(account));
        var canonical = identities.canonical(ids.values());
        var traits = profiles.traits(canonical.values());
        truth.lastNumbers().forEach((account, number) -> {
            var said = traits.getOrDefault(canonical.get(ids.get(account)), Map.of())
                    .get("n");
            if (said == null || said.longValue() != number)
                faults.add("%s says n = %s, and it is %d".formatted(account, said, number));
        });
    }

    private void same(String what, long is, long must) {
        if (is != must) faults.add("%s: %,d instead of %,d".formatted(what, is, must));
    }

    private long number(String sql) {
        return warehouse.first(Sql.of(sql), row -> row.longValue("n")).orElse(0L);
    }

    private long state(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }
}
