package io.rekindle.bench.soak;

import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.bench.Interruptible;
import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Clients send without pause, and again what was not acknowledged, while server and database are killed together at
 * random moments and started again. Afterwards the history, the profiles, the orders and who is one person are held
 * against what was acknowledged.
 */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description =
                "Whether anything is lost, doubled or confused when server and database are killed again and again.")
public final class SoakBench implements Callable<Integer> {
    private static final double SECOND = 1e9;

    @Option(names = "--minutes", description = "length of the whole (default: ${DEFAULT-VALUE})")
    private double minutes = 30;

    @Option(names = "--rounds", description = "how often both are killed (default: ${DEFAULT-VALUE})")
    private int rounds = 50;

    @Option(names = "--clients", description = "connections (default: ${DEFAULT-VALUE})")
    private int clients = 8;

    @Option(names = "--seed", description = "seed of the events and the moments (default: ${DEFAULT-VALUE})")
    private long seed = 7;

    @Option(names = "--keep", paramLabel = "FOLDER", description = "a new folder for data and log, which is then kept")
    private @Nullable Path keep;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        if (keep != null) return soak(Files.createDirectories(keep));
        try (var scratch = Scratch.folder("soak")) {
            return soak(scratch.path());
        }
    }

    private int soak(Path folder) throws IOException, InterruptedException, ExecutionException {
        var data = Files.createDirectory(folder.resolve("data"));
        var crowd = new Crowd(seed);
        var victim = new Victim(data);
        var senders = new ArrayList<Sender>();
        for (int i = 0; i < clients; i++) senders.add(new Sender(crowd, i, victim.port()));
        var ending = new Interruptible(victim);
        double undisturbed;
        double disturbed;
        double[] backAfter;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            victim.start();
            var running = new ArrayList<Future<?>>();
            for (var sender : senders) running.add(threads.submit(sender));
            try {
                awaitMore(senders, victim, System.nanoTime());
                long round = (long) (minutes * 60 * SECOND / (rounds + 1));
                undisturbed = rate(senders, round);
                tell("%,.0f events/s undisturbed".formatted(undisturbed));
                long start = System.nanoTime();
                long before = acknowledged(senders);
                backAfter = kill(victim, senders, round);
                disturbed = (acknowledged(senders) - before) * SECOND / (System.nanoTime() - start);
            } finally {
                senders.forEach(Sender::stop);
            }
            for (var sender : running) sender.get();
        } finally {
            ending.close();
        }
        tell("%,d events acknowledged; looking through what is there".formatted(acknowledged(senders)));
        var faults = check(data, crowd, senders);
        faults.forEach(fault -> System.err.println("WRONG: " + fault));
        Arrays.sort(backAfter);
        Measure.print(
                List.of(
                        Measure.of(
                                "%d kills of server and database, %,d events acknowledged: what is wrong afterwards; baseline: one thing"
                                        .formatted(rounds, acknowledged(senders)),
                                faults.size(),
                                "things",
                                1),
                        Measure.of(
                                "acknowledged while they were killed; baseline: undisturbed",
                                disturbed,
                                "events/s",
                                undisturbed),
                        Measure.of(
                                "from the kill to the next acknowledgement, the slowest; baseline: the median",
                                backAfter[backAfter.length - 1],
                                "s",
                                backAfter[backAfter.length / 2])),
                json);
        return Measure.promised(faults.isEmpty(), "nothing lost, doubled or confused");
    }

    /** How long after each kill something was acknowledged again, in seconds. */
    private double[] kill(Victim victim, List<Sender> senders, long round) throws IOException, InterruptedException {
        var random = new SplittableRandom(seed);
        var backAfter = new double[rounds];
        long start = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            // Somewhere in its part of the time; one that is late already after half a second at least.
            long moment = start + i * round + random.nextLong(round / 4, round);
            long left = Math.max(moment - System.nanoTime(), random.nextLong((long) (SECOND / 2), (long) (2 * SECOND)));
            TimeUnit.NANOSECONDS.sleep(left);
            long killed = System.nanoTime();
            victim.kill(random.nextBoolean());
            victim.start();
            awaitMore(senders, victim, killed);
            backAfter[i] = (System.nanoTime() - killed) / SECOND;
            tell("kill %d of %d: back after %.1f s, %,d events acknowledged"
                    .formatted(i + 1, rounds, backAfter[i], acknowledged(senders)));
        }
        return backAfter;
    }

    private static void awaitMore(List<Sender> senders, Victim victim, long since)
            throws IOException, InterruptedException {
        long had = acknowledged(senders);
        while (acknowledged(senders) == had) {
            if (!victim.isAlive()) throw new IOException("the server ended by itself; see server.log (--keep)");
            if (System.nanoTime() - since > 120 * SECOND)
                throw new IOException("the server is not back after 2 minutes");
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static double rate(List<Sender> senders, long nanos) throws InterruptedException {
        long before = acknowledged(senders);
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(nanos);
        return (acknowledged(senders) - before) * SECOND / (System.nanoTime() - start);
    }

    private static long acknowledged(List<Sender> senders) {
        return senders.stream()
                .mapToLong(sender -> sender.batches() * Crowd.BATCH)
                .sum();
    }

    private static List<String> check(Path data, Crowd crowd, List<Sender> senders) {
        var server = RunningServer.start(new DataFolder(data), 0, Map.of("logging.level.io.rekindle", "warn"));
        var ending = new Interruptible(server);
        try {
            return new Check(server, crowd, senders).faults();
        } finally {
            ending.close();
        }
    }

    private static void tell(String line) {
        System.err.println("• " + line);
    }
}
