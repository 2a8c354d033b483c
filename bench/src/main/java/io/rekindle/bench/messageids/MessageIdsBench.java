package io.rekindle.bench.messageids;

import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import io.rekindle.collect.log.Fingerprint;
import io.rekindle.collect.log.SeenMessages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What knowing every message id of the window costs: memory at rest, time for a new id, and how soon the next start is
 * ready. The ids are told apart by random fingerprints, as the keyed hash makes them.
 */
@Command(
        name = "message-ids",
        mixinStandardHelpOptions = true,
        description = "Memory, time and readiness after a restart of recognising repeated message ids.")
public final class MessageIdsBench implements Callable<Integer> {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long MOST_ON_DISK = 200_000_000;

    @Option(names = "--ids", description = "ids that came within the window (default: ${DEFAULT-VALUE})")
    private int ids = 50_000_000;

    @Option(
            names = "--in-memory",
            description = "ids the youngest of which stand in memory (default: ${DEFAULT-VALUE})")
    private int inMemory = 2_000_000;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        try (var scratch = Scratch.folder("message-ids")) {
            var key = new Fingerprint.Key(1, 2);
            var random = new SplittableRandom(3);
            long before = usedMemory();
            var seen = new SeenMessages(inMemory, MOST_ON_DISK, Duration.ofHours(24), scratch.path(), key);
            var end = new Fingerprint(0, 0);
            long from = System.nanoTime();
            for (int seq = 1; seq <= ids; seq++) {
                end = new Fingerprint(random.nextLong(), random.nextLong());
                if (seen.contains(end)) throw new IllegalStateException("a new id is taken for a repeated one");
                seen.add(end, seq, at(seq));
                if (!json && seq % 10_000_000 == 0) System.err.printf("%,d ids%n", seq);
            }
            double perId = (System.nanoTime() - from) / 1e3 / ids;
            double atRest = (double) (usedMemory() - before) / ids;
            requireAllKnown(seen);
            seen.close();

            var last = end;
            from = System.nanoTime();
            try (var next = new SeenMessages(inMemory, MOST_ON_DISK, Duration.ofHours(24), scratch.path(), key)) {
                long upTo =
                        next.begin(ids, run -> run.toSeq() < ids || run.end().equals(last));
                double ready = (System.nanoTime() - from) / 1e9;
                if (upTo != ids || next.known() != ids)
                    throw new IllegalStateException("after the restart %,d of %,d ids are known".formatted(upTo, ids));
                requireAllKnown(next);
                Measure.print(
                        List.of(
                                Measure.of(
                                        "memory at rest an id, %,d ids; baseline: what is promised".formatted(ids),
                                        atRest,
                                        "bytes",
                                        4),
                                Measure.of("ready after an orderly restart; baseline: what is promised", ready, "s", 5),
                                Measure.of(
                                        "looking a new id up and noting it; baseline: its part of 100,000 events/s",
                                        perId,
                                        "µs",
                                        10)),
                        json);
            }
        }
        return 0;
    }

    /** A thousandth of the ids, drawn again as they were. */
    private void requireAllKnown(SeenMessages seen) {
        var random = new SplittableRandom(3);
        for (int seq = 1; seq <= ids; seq++) {
            var id = new Fingerprint(random.nextLong(), random.nextLong());
            if (seq % 1_000 == 0 && !seen.contains(id))
                throw new IllegalStateException("id %,d is forgotten".formatted(seq));
        }
    }

    private static Instant at(int seq) {
        return START.plusNanos(1_000_000L * seq);
    }

    private static long usedMemory() {
        for (int time = 0; time < 3; time++) System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
