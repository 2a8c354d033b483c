package io.rekindle.bench.messageids;

import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.Fingerprint;
import io.rekindle.collect.log.SeenMessages;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What knowing every message id of the window costs: memory at rest, time for a new id, and how soon the next start is
 * ready: after an orderly end, and after a kill, when what its files lack is read from the history.
 */
@Command(
        name = "message-ids",
        mixinStandardHelpOptions = true,
        description = "Memory, time and readiness after a restart of recognising repeated message ids.")
public final class MessageIdsBench implements Callable<Integer> {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long MOST_ON_DISK = 200_000_000;
    private static final Duration WINDOW = Duration.ofHours(24);
    private static final Fingerprint.Key KEY = new Fingerprint.Key(1, 2);
    private static final int SOURCE = 3;
    private static final int A_BATCH = 100_000;
    private static final double BYTES_PROMISED = 4;
    private static final double SECONDS_PROMISED = 5;

    @Option(names = "--ids", description = "ids that came within the window (default: ${DEFAULT-VALUE})")
    private int ids = 50_000_000;

    @Option(
            names = "--in-memory",
            description = "ids the youngest of which stand in memory (default: ${DEFAULT-VALUE})")
    private int inMemory = 1_000_000;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        try (var scratch = Scratch.folder("message-ids")) {
            var folder = Files.createDirectory(scratch.path().resolve("ids"));
            long before = usedMemory();
            var seen = new SeenMessages(inMemory, MOST_ON_DISK, WINDOW, folder, KEY);
            long from = System.nanoTime();
            for (int seq = 1; seq <= ids; seq++) {
                var id = id(seq);
                if (seen.contains(id)) throw new IllegalStateException("a new id is taken for a repeated one");
                seen.add(id, seq, at(seq));
                if (!json && seq % 10_000_000 == 0) System.err.printf("%,d ids%n", seq);
            }
            double perId = (System.nanoTime() - from) / 1e3 / ids;
            double atRest = (double) (usedMemory() - before) / ids;
            requireAllKnown(seen);
            var killed = asAKillLeavesIt(folder, scratch.path().resolve("killed"));
            seen.close();

            double ready = afterAnOrderlyEnd(folder);
            double readyAfterAKill = afterAKill(killed, scratch.path().resolve("history.duckdb"));
            var measures = List.of(
                    Measure.of(
                            "memory at rest an id, %,d ids; baseline: what is promised".formatted(ids),
                            atRest,
                            "bytes",
                            BYTES_PROMISED),
                    Measure.of(
                            "ready after an orderly restart; baseline: what is promised", ready, "s", SECONDS_PROMISED),
                    Measure.of(
                            "ready after a kill, the rest from the history; baseline: what is promised",
                            readyAfterAKill,
                            "s",
                            SECONDS_PROMISED),
                    Measure.of(
                            "looking a new id up and noting it; baseline: its part of 100,000 events/s",
                            perId,
                            "µs",
                            10));
            Measure.print(measures, json);
            return Measure.promised(atRest <= BYTES_PROMISED, "4 bytes of memory an id")
                    | Measure.promised(
                            Math.max(ready, readyAfterAKill) <= SECONDS_PROMISED, "ready within 5 s of a restart");
        }
    }

    private double afterAnOrderlyEnd(Path folder) {
        long from = System.nanoTime();
        try (var next = new SeenMessages(inMemory, MOST_ON_DISK, WINDOW, folder, KEY)) {
            long upTo = next.begin(ids, run -> run.end().equals(id(Math.toIntExact(run.toSeq()))));
            double ready = (System.nanoTime() - from) / 1e9;
            if (upTo != ids || next.known() != ids)
                throw new IllegalStateException("after the restart %,d of %,d ids are known".formatted(upTo, ids));
            requireAllKnown(next);
            return ready;
        }
    }

    /** What stands on disk of a process that goes on with its work. */
    private static Path asAKillLeavesIt(Path folder, Path copies) throws IOException {
        Files.createDirectory(copies);
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) Files.copy(file, copies.resolve(file.getFileName()));
        }
        return copies;
    }

    /** The files as a kill left them, and the history of what came after them, asked as the log asks at its start. */
    private double afterAKill(Path folder, Path history) {
        try (var warehouse = new DuckDbWarehouse(history, new WarehouseSettings(1, "1GB"))) {
            try (var looked = new SeenMessages(
                    inMemory, MOST_ON_DISK, WINDOW, copied(folder, folder.resolveSibling("looked")), KEY)) {
                long upTo = looked.begin(ids, run -> run.end().equals(id(Math.toIntExact(run.toSeq()))));
                for (long first = upTo; first < ids; first += A_BATCH) write(warehouse, first + 1);
            }
            long from = System.nanoTime();
            try (var next = new SeenMessages(inMemory, MOST_ON_DISK, WINDOW, folder, KEY)) {
                long upTo = next.begin(ids, run -> run.end().equals(id(Math.toIntExact(run.toSeq()))));
                CommitLog.readOn(warehouse, next, KEY, upTo);
                double ready = (System.nanoTime() - from) / 1e9;
                if (next.known() != ids)
                    throw new IllegalStateException(
                            "after the kill %,d of %,d ids are known".formatted(next.known(), ids));
                requireAllKnown(next);
                if (!json) System.err.printf("%,d ids were read from the history%n", ids - upTo);
                return ready;
            }
        }
    }

    private static Path copied(Path folder, Path to) {
        try {
            return asAKillLeavesIt(folder, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(DuckDbWarehouse warehouse, long first) {
        long end = Math.min(ids, first + A_BATCH - 1);
        warehouse.append("events", "log:" + first, Rows.written(rows -> {
            for (long seq = first; seq <= end; seq++) {
                var at = at((int) seq);
                rows.value(seq)
                        .value(at)
                        .value(at)
                        .value(SOURCE)
                        .value((Long) null)
                        .value("track")
                        .value("Product Viewed")
                        .value(seq % 100_000)
                        .value("user_id")
                        .value(messageId((int) seq))
                        .value((BigDecimal) null)
                        .value("{\"product_id\":\"p17\",\"category\":\"shoes\",\"price\":19.95}")
                        .value((String) null)
                        .end();
            }
        }));
    }

    /** A thousandth of the ids, drawn again as they were. */
    private void requireAllKnown(SeenMessages seen) {
        for (int seq = 1_000; seq <= ids; seq += 1_000)
            if (!seen.contains(id(seq))) throw new IllegalStateException("id %,d is forgotten".formatted(seq));
    }

    private static Fingerprint id(int seq) {
        return Fingerprint.of(KEY, SOURCE, messageId(seq));
    }

    /** As long as the ids that browsers send. */
    private static String messageId(int seq) {
        return "ajs-next-1767225600000-" + Long.toHexString(seq * 0x9e3779b97f4a7c15L);
    }

    private static Instant at(int seq) {
        return START.plusNanos(1_000_000L * seq);
    }

    private static long usedMemory() {
        for (int time = 0; time < 3; time++) System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
