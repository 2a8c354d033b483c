package io.rekindle.bench;

import io.rekindle.bench.allocate.AllocateBench;
import io.rekindle.bench.clv.ClvBench;
import io.rekindle.bench.deliver.DeliverBench;
import io.rekindle.bench.fuzz.FuzzBench;
import io.rekindle.bench.intake.IntakeBench;
import io.rekindle.bench.lift.LiftBench;
import io.rekindle.bench.link.LinkBench;
import io.rekindle.bench.lookup.LookupBench;
import io.rekindle.bench.messageids.MessageIdsBench;
import io.rekindle.bench.recommend.RecommendBench;
import io.rekindle.bench.segment.SegmentBench;
import io.rekindle.bench.soak.SoakBench;
import io.rekindle.bench.uplift.UpliftBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks' command line: {@code rekindle bench <what>}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures speed against a stated baseline in the same run.",
        subcommands = {
            IntakeBench.class,
            FuzzBench.class,
            MessageIdsBench.class,
            SegmentBench.class,
            LiftBench.class,
            ClvBench.class,
            RecommendBench.class,
            AllocateBench.class,
            LinkBench.class,
            LookupBench.class,
            DeliverBench.class,
            UpliftBench.class,
            SoakBench.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
