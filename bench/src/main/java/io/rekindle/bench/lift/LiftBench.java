package io.rekindle.bench.lift;

import io.rekindle.app.demo.Demo;
import io.rekindle.app.demo.DemoReport;
import io.rekindle.app.demo.Stage;
import io.rekindle.app.server.DataFolder;
import io.rekindle.bench.Interruptible;
import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the demonstration seed after seed, each on a server and a shop of its own, and counts how often the interval of
 * the lift holds the simulator's truth and how often it lies above zero. The baseline is what a 95 % interval claims.
 */
@Command(
        name = "lift",
        mixinStandardHelpOptions = true,
        description = "How often the measured lift's interval holds the truth, over whole demonstrations.")
public final class LiftBench implements Callable<Integer> {
    private static final double CLAIMED = .95;

    @Option(names = "--runs", description = "demonstrations, one after the other (default: ${DEFAULT-VALUE})")
    private int runs = 20;

    @Option(
            names = "--first-seed",
            description = "seed of the first; the next has the next (default: ${DEFAULT-VALUE})")
    private long firstSeed = 1;

    @Option(names = "--customers", description = "customers of each shop (default: ${DEFAULT-VALUE})")
    private int customers = 20_000;

    @Option(names = "--effect", description = "planted effect of being written to (default: ${DEFAULT-VALUE})")
    private double effect = .10;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (runs < 1) throw new IllegalArgumentException("--runs is %d; it is at least 1".formatted(runs));
        var reports = new ArrayList<DemoReport>();
        for (long seed = firstSeed; seed < firstSeed + runs; seed++) {
            var report = run(seed);
            reports.add(report);
            System.err.printf(
                    "seed %d: lift %s, truth %+.2f, %s; sent %,d, held out %,d; %.0f s%n",
                    seed,
                    words(report.lift().conversion()),
                    100 * report.truth().conversion(),
                    report.verdict(),
                    report.sent(),
                    report.heldOut(),
                    report.seconds());
        }
        Measure.print(
                List.of(
                        share("the interval of the lift holds the truth", reports, LiftBench::holdsTruth),
                        effect > 0
                                ? share(
                                        "the interval of the lift lies above zero",
                                        reports,
                                        r -> r.lift().conversion() != null
                                                && r.lift().conversion().low() > 0)
                                : share(
                                        "the verdict is that no difference was found",
                                        reports,
                                        r -> r.verdict().equals("no_difference"))),
                json);
        return 0;
    }

    private static Measure share(String measure, List<DemoReport> reports, Predicate<DemoReport> holds) {
        double value = reports.stream().filter(holds).count() / (double) reports.size();
        return Measure.of(measure, value, "of %d runs".formatted(reports.size()), CLAIMED);
    }

    private static String words(DemoReport.@Nullable Difference lift) {
        return lift == null
                ? "not measurable"
                : "%+.2f points (%+.2f to %+.2f)".formatted(100 * lift.estimate(), 100 * lift.low(), 100 * lift.high());
    }

    private static boolean holdsTruth(DemoReport report) {
        var lift = report.lift().conversion();
        double truth = report.truth().conversion();
        return lift != null && lift.low() <= truth && truth <= lift.high();
    }

    private DemoReport run(long seed) throws IOException {
        try (var folder = Scratch.folder("lift")) {
            var clock = Clock.systemUTC();
            var started = clock.instant();
            var wish = new Demo.Wish(
                    new DataFolder(folder.path().resolve("data")),
                    freePort(),
                    customers,
                    seed,
                    effect,
                    Map.of("rekindle.admin-password", "bench-password-%d".formatted(started.toEpochMilli())));
            var demo = Demo.start(wish, new Silent(), started);
            var ending = new Interruptible(demo);
            try {
                return demo.run(started, clock);
            } finally {
                ending.close();
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class Silent implements Stage {
        @Override
        public void begin(String what, long of) {}

        @Override
        public void at(long done) {}

        @Override
        public void end(String result) {}
    }
}
