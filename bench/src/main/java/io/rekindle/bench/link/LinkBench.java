package io.rekindle.bench.link;

import com.sun.management.OperatingSystemMXBean;
import io.rekindle.bench.Measure;
import io.rekindle.models.linkage.Linkage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Time to find out who is who among simulated people, from columns of text to persons, without warm-up, beside a textbook's
 * linkage on the same records. How well each does is measured by the truth the simulation knows. The textbook's pairs grow with the
 * square of the records; it is run on fewer people and its time multiplied by the square.
 */
@Command(
        name = "link",
        mixinStandardHelpOptions = true,
        description = "Record linkage of simulated people with typed-in errors, against a textbook's.")
public final class LinkBench implements Callable<Integer> {
    @Option(names = "--people", description = "simulated people (default: ${DEFAULT-VALUE})")
    private int people = 100_000;

    @Option(
            names = "--duplicates",
            description = "further records of them, with errors (default: half as many as people)")
    private int duplicates = -1;

    @Option(names = "--baseline-people", description = "people the baseline is run on (default: ${DEFAULT-VALUE})")
    private int baselinePeople = 20_000;

    @Option(names = "--seed", description = "of the simulation (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LinkBench()).execute(arguments));
    }

    @Override
    public Integer call() {
        if (duplicates < 0) duplicates = people / 2;
        baselinePeople = Math.min(baselinePeople, people);
        double share = (double) baselinePeople / people;
        var population = Population.simulated(people, duplicates, seed);
        long from = System.nanoTime();
        long busyFrom = cpu();
        var linkage = Linkage.within(
                population.columns(),
                Linkage.Settings.USUAL,
                step -> tell(String.format(Locale.ROOT, "%.1f s: %s", seconds(from), step)));
        double ours = seconds(from);
        double oursBusy = (cpu() - busyFrom) / 1e9;
        double quality = population.f1(linkage.clusters());
        tell(String.format(
                Locale.ROOT,
                "%,d records, %,d pairs looked at of %.3g, found by %d keys, estimated pair recall %.4f",
                people + duplicates,
                linkage.blocking().pairs(),
                linkage.blocking().possiblePairs(),
                linkage.blocking().keys().size(),
                linkage.blocking().estimatedRecall()));
        var fewer = Population.simulated(baselinePeople, (int) (duplicates * share), seed);
        long then = System.nanoTime();
        busyFrom = cpu();
        var linked = ByTheBook.link(fewer.columns());
        double baseline = seconds(then) / (share * share);
        double baselineBusy = (cpu() - busyFrom) / 1e9 / (share * share);
        tell(String.format(Locale.ROOT, "baseline: %,d pairs of %,d people", linked.pairs(), baselinePeople));
        Measure.print(
                List.of(
                        Measure.of(
                                "linking %,d people in %,d records; baseline: by the textbook, on %,d people, scaled by the square"
                                        .formatted(people, people + duplicates, baselinePeople),
                                ours,
                                "s",
                                baseline),
                        Measure.of("processor time of the same", oursBusy, "CPU s", baselineBusy),
                        Measure.of(
                                "pairwise F1 of the persons found; baseline: the textbook's on its fewer people",
                                quality,
                                "",
                                fewer.f1(linked.clusters()))),
                json);
        return Measure.promised(
                people > 100_000 || (ours < 60 && quality >= .99),
                "100,000 people are linked in under 60 s, with a pairwise F1 of .99");
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double seconds(long from) {
        return (System.nanoTime() - from) / 1e9;
    }

    private void tell(String what) {
        if (!json) System.err.println(what);
    }
}
