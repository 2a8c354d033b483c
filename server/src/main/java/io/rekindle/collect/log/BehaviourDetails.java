package io.rekindle.collect.log;

import io.rekindle.collect.EventsTaken;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tail;
import io.rekindle.collect.Tails;
import io.rekindle.platform.HistoryEmptied;
import io.rekindle.platform.Retained;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * What pages, screens and events nothing else rests on said: their properties and their context. That they happened, to
 * whom and when stays, and so do the figures that count them, the numbers of the log and the ids of messages. What orders,
 * points, tickets, surveys, permissions and campaigns' results are worked out from is not of this class, nor what an
 * earlier system sent. Of that age is what both happened and came before: what was imported yesterday is not.
 */
@Component
class BehaviourDetails implements Retained {
    private static final Logger LOG = LoggerFactory.getLogger(BehaviourDetails.class);
    private static final String TABLE = "events";
    private static final Set<String> COLUMNS = Set.of("properties", "context");

    private final Warehouse warehouse;
    private final WriteGate gate;
    private final CommitLog log;
    private final Sources sources;
    private final ObjectProvider<Tails> tails;
    private final ObjectProvider<Tail> everyTail;
    private final ObjectProvider<EventsTaken> taken;
    private final ObjectProvider<HistoryEmptied> listeners;

    BehaviourDetails(
            Warehouse warehouse,
            WriteGate gate,
            CommitLog log,
            Sources sources,
            ObjectProvider<Tails> tails,
            ObjectProvider<Tail> everyTail,
            ObjectProvider<EventsTaken> taken,
            ObjectProvider<HistoryEmptied> listeners) {
        this.warehouse = warehouse;
        this.gate = gate;
        this.log = log;
        this.sources = sources;
        this.tails = tails;
        this.everyTail = everyTail;
        this.taken = taken;
        this.listeners = listeners;
    }

    @Override
    public String dataClass() {
        return "behaviour-details";
    }

    @Override
    public Optional<Duration> keptByDefault() {
        return Optional.empty();
    }

    @Override
    public Aged olderThan(Instant before) {
        return olderThan(before, log.lastSeq());
    }

    private Aged olderThan(Instant before, long upTo) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n, min(occurred_at) as oldest from events t where "
                                + condition(before, upTo)),
                        row -> new Aged(row.longValue("n"), row.nullableInstant("oldest")))
                .orElseThrow();
    }

    /** Writes the history anew: what was said stands in no file of it any more. */
    @Override
    public long remove(Instant before) {
        long upTo = log.lastSeq();
        long due = olderThan(before, upTo).count();
        if (due == 0) return 0;
        LOG.info("the history is written anew: {} of its events say nothing any more", due);
        // Who has not taken them up yet still needs what they say.
        tails.getObject().awaitAll(upTo);
        warehouse.empty(
                Map.of(TABLE, new Warehouse.Emptied(condition(before, upTo), COLUMNS)),
                exchange -> gate.closed(() -> {
                    exchange.run();
                    return true;
                }));
        listeners.stream().forEach(HistoryEmptied::emptied);
        return due;
    }

    private String condition(Instant before, long upTo) {
        return """
                t.seq <= %1$d and t.occurred_at < timestamp '%2$s' and t.received_at < timestamp '%2$s' and t.source_id <> %3$d
                    and (t.type in ('page', 'screen') or t.type = 'track' and t.name not in (%4$s)
                        and t.name not like 'Earlier Message %%')
                    and (t.properties is not null or t.context is not null)
                """.formatted(
                        upTo,
                        LocalDateTime.ofInstant(before, ZoneOffset.UTC),
                        sources.named(Sources.OWN).id(),
                        names().stream()
                                .map(name -> "'" + name.replace("'", "''") + "'")
                                .collect(Collectors.joining(", ")));
    }

    private Set<String> names() {
        var names = new TreeSet<String>();
        everyTail.stream().forEach(tail -> names.addAll(tail.interest().tracked()));
        taken.stream().forEach(one -> names.addAll(one.names()));
        return names;
    }
}
