package io.rekindle.identity;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.platform.Job;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.LocalTime;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compacts the history of who became whom: every query over customers reads it, and of each alias only its latest row says
 * anything, and nothing where that row gives the alias back to itself. The history is written anew, aside, without the
 * rest; every answer is the same. What the tails have not taken up yet stays: they read it by its place in the log.
 */
@Component
class IdentityCompaction implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityCompaction.class);
    private static final String TABLE = "identity_changes";

    private final Warehouse warehouse;
    private final WriteGate gate;
    private final EventLog log;
    private final Tails tails;
    private final IdentitySettings settings;

    IdentityCompaction(Warehouse warehouse, WriteGate gate, EventLog log, Tails tails, IdentitySettings settings) {
        this.warehouse = warehouse;
        this.gate = gate;
        this.log = log;
        this.tails = tails;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "identity-compaction";
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(5, 15));
    }

    @Override
    public void run(String instance) {
        if (settings.compactFrom() == 0) return;
        long upTo = log.lastSeq();
        if (superseded(warehouse, upTo) < settings.compactFrom()) return;
        tails.awaitAll(upTo);
        compact(upTo);
    }

    /** Leaves out what is superseded of the events up to one; every tail must have taken them up. How many rows that were. */
    long compact(long upTo) {
        long gone = superseded(warehouse, upTo);
        warehouse.compact(
                Map.of(TABLE, kept(upTo)),
                exchange -> gate.closed(() -> {
                    exchange.run();
                    return true;
                }));
        LOG.info("the history of identities was written anew without {} superseded rows", gone);
        return gone;
    }

    static long superseded(Warehouse warehouse, long upTo) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from identity_changes t where not (%s)".formatted(kept(upTo))),
                        row -> row.longValue("n"))
                .orElse(0L);
    }

    /** The order of the rows of an alias is that of {@code identity_now}. */
    static String kept(long upTo) {
        return """
                t.seq > %1$d or t.customer_id <> t.alias_id and t.rowid in (
                    select rowid from identity_changes where seq <= %1$d
                    qualify row_number() over (partition by alias_id order by seq desc, valid_from desc) = 1)
                """.formatted(upTo);
    }
}
