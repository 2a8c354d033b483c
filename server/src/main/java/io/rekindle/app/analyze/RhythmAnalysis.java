package io.rekindle.app.analyze;

import io.rekindle.models.rhythm.LifecycleRule;
import io.rekindle.models.rhythm.LifecycleStage;
import io.rekindle.models.rhythm.NextPurchase;
import io.rekindle.models.rhythm.PurchaseIntervals;
import io.rekindle.models.rhythm.PurchaseRhythm;
import io.rekindle.models.value.HoldoutEvaluation;
import io.rekindle.platform.Problem;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze rhythm}: who is late by their own measure, and when the next purchase is due. */
@Command(
        name = "rhythm",
        description = {
            "Who is late by their own measure, when the next purchase is due, and which life-cycle stage that makes.",
            "Fields: customer, time, amount (optional; negative amounts are refunds). Purchases of a customer on one day are one.",
            "Rows: customer, purchases, lastPurchase, elapsed, meanInterval, nextPurchase, nextFrom, nextTo, lateness, silence, slowing, pActive, pPurchase, stage."
        },
        mixinStandardHelpOptions = true)
final class RhythmAnalysis extends Analysis {
    /** What is expected later than in a hundred years is no longer expected. */
    private static final double NEVER = 36_525;

    /** Below this many repeat buyers a rhythm is learnt from chance. */
    private static final int FEW_REPEAT_BUYERS = 30;

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--unit", description = "Unit of time: day or week (default: day).")
    private TimeUnit unit = TimeUnit.DAY;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description =
                    "Last day to learn from; what comes later is held out and compared (default: the last day of the file).")
    private @Nullable LocalDate until;

    @Option(
            names = "--horizon",
            paramLabel = "LENGTH",
            description = "The time pPurchase is about: 30d, 8w, 6m (default: ${DEFAULT-VALUE}).")
    private String horizon = "30d";

    @Option(
            names = "--coverage",
            paramLabel = "SHARE",
            description =
                    "Probability that the next purchase lies within nextFrom and nextTo (default: ${DEFAULT-VALUE}).")
    private double coverage = .8;

    @Option(
            names = "--recent",
            paramLabel = "N",
            description =
                    "How many of the latest intervals are held against the earlier ones (default: ${DEFAULT-VALUE}).")
    private int recent = 3;

    /** A stage and how many are in it. */
    record StageCount(String stage, int customers) {}

    /**
     * What came after {@code until}: how many bought within the time, beside the sum of their probabilities.
     *
     * @param brier mean squared difference between probability and what happened
     */
    record Holdout(
            double length,
            String to,
            int customers,
            double actual,
            double predicted,
            double brier,
            @Nullable Double auc,
            List<HoldoutEvaluation.Decile> deciles) {}

    record Results(
            FittedModel model,
            List<StageCount> stages,
            @Nullable Holdout holdout,
            String until,
            String unit,
            double horizon,
            double coverage) {}

    @Override
    Outcome analyse(Progress progress) {
        double ahead = Length.of(horizon, "--horizon").days() / unit.days;
        if (!(coverage > 0 && coverage < 1))
            throw Problem.invalid("coverage_invalid", "--coverage %s must lie between 0 and 1".formatted(coverage));
        var card = new Card();
        var log = PurchaseLog.read(input, until, card, progress);
        var purchases = log.learnt(card);
        var data = PurchaseIntervals.fromTransactions(
                purchases.customer(), purchases.tick(), unit.days, log.until, recent);
        int n = data.size();
        int repeatBuyers =
                (int) IntStream.range(0, n).filter(i -> data.purchases(i) > 1).count();
        if (repeatBuyers < FEW_REPEAT_BUYERS)
            card.warn(
                    "few_repeat_buyers",
                    "few customers bought again (%,d of %,d): the rhythm is uncertain".formatted(repeatBuyers, n));
        progress.begin("fitting the rhythm");
        var rhythm = PurchaseRhythm.fit(data);
        var fit = rhythm.fit().orElseThrow();
        progress.end("%,d customers".formatted(fit.customers()));
        FittedModel.warn("the rhythm", fit, card);

        progress.begin("scoring");
        var lateness = rhythm.lateness(data);
        var slowing = rhythm.slowing(data);
        var active = rhythm.pActive(data);
        var buys = rhythm.pPurchaseWithin(data, ahead);
        var stages = LifecycleRule.DEFAULT.stages(rhythm, data);
        long[] due = new long[n];
        long[] from = new long[n];
        long[] to = new long[n];
        nextDays(rhythm, data, log.until, due, from, to, progress);
        progress.end("%,d customers".formatted(n));

        var rows = ResultRows.of(n)
                .text("customer", i -> log.name(data.customer(i)))
                .count("purchases", data::purchases)
                .day("lastPurchase", i -> lastDay(data, log.until, i))
                .decimal("elapsed", data::elapsed)
                .decimal("meanInterval", i -> data.intervals(i) == 0 ? Double.NaN : data.sum(i) / data.intervals(i))
                .day("nextPurchase", i -> due[i], "never")
                .day("nextFrom", i -> from[i], "never")
                .day("nextTo", i -> to[i], "never")
                .decimal("lateness", lateness)
                .decimal("silence", i -> rhythm.silence(data.elapsed(i)))
                .decimal("slowing", slowing)
                .decimal("pActive", active)
                .decimal("pPurchase", buys)
                .text("stage", i -> stages[i].name().toLowerCase(Locale.ROOT));
        var counts = Arrays.stream(LifecycleStage.values())
                .map(stage -> new StageCount(stage.name().toLowerCase(Locale.ROOT), (int)
                        Arrays.stream(stages).filter(stage::equals).count()))
                .filter(count -> !count.stage().equals("prospect"))
                .toList();
        var holdout = holdout(log, data, rhythm, ahead, card);
        return new Outcome(
                new Results(
                        FittedModel.of("rhythm", fit),
                        counts,
                        holdout,
                        LocalDate.ofEpochDay(log.until).toString(),
                        unit.word(),
                        ahead,
                        coverage),
                words(rhythm, data, log, counts, holdout),
                rows,
                wantsCharts() ? charts(rhythm, counts, holdout) : List.of(),
                card);
    }

    private long lastDay(PurchaseIntervals data, long until, int row) {
        return until - Math.round(data.elapsed(row) * unit.days);
    }

    /** Customers of the same number, sum and elapsed time are due after the same time: worked out once for each. */
    private void nextDays(
            PurchaseRhythm rhythm,
            PurchaseIntervals data,
            long until,
            long[] due,
            long[] from,
            long[] to,
            Progress progress) {
        record History(int intervals, double sum, double elapsed) {}
        var known = new HashMap<History, NextPurchase>();
        for (int i = 0; i < data.size(); i++) {
            var next = known.computeIfAbsent(
                    new History(data.intervals(i), data.sum(i), data.elapsed(i)),
                    history -> rhythm.nextPurchase(history.intervals(), history.sum(), history.elapsed(), coverage));
            long last = lastDay(data, until, i);
            due[i] = day(last, next.median(), until);
            from[i] = day(last, next.low(), until);
            to[i] = day(last, next.high(), until);
            if (i % 10_000 == 9_999) progress.tell("%,d of %,d customers".formatted(i + 1, data.size()));
        }
    }

    private long day(long last, double after, long until) {
        double day = Math.ceil(last + after * unit.days);
        return day <= until + NEVER ? (long) day : ResultRows.NO_DAY;
    }

    private @Nullable Holdout holdout(
            PurchaseLog log, PurchaseIntervals data, PurchaseRhythm rhythm, double ahead, Card card) {
        var later = log.later(ahead, unit, card).orElse(null);
        if (later == null) return null;
        double[] actual = IntStream.range(0, data.size())
                .mapToDouble(i -> later.daysBought()[data.customer(i)] > 0 ? 1 : 0)
                .toArray();
        var evaluation = HoldoutEvaluation.of(rhythm.pPurchaseWithin(data, later.length()), actual);
        return new Holdout(
                later.length(),
                LocalDate.ofEpochDay(later.to()).toString(),
                evaluation.customers(),
                evaluation.actual(),
                evaluation.predicted(),
                evaluation.rmse() * evaluation.rmse(),
                Double.isNaN(evaluation.auc()) ? null : evaluation.auc(),
                evaluation.deciles());
    }

    private List<String> words(
            PurchaseRhythm rhythm,
            PurchaseIntervals data,
            PurchaseLog log,
            List<StageCount> counts,
            @Nullable Holdout holdout) {
        var words = new ArrayList<String>();
        var fit = rhythm.fit().orElseThrow();
        words.add("purchase rhythm, learnt to %s from %,d customers (%,d looked at for the fit); time in %ss"
                .formatted(LocalDate.ofEpochDay(log.until), data.size(), fit.customers(), unit.word()));
        words.add("  " + FittedModel.words(fit));
        words.add(String.format(
                Locale.ROOT,
                "%.0f %% never buy again after the first purchase, %.1f %% after each later one",
                100 * rhythm.lostAfterFirst(),
                100 * rhythm.lostAfterRepeat()));
        words.add("stages: "
                + String.join(
                        ", ",
                        counts.stream()
                                .map(count -> "%s %,d".formatted(count.stage(), count.customers()))
                                .toList()));
        if (holdout != null)
            words.add(String.format(
                    Locale.ROOT,
                    "held out to %s: %,.0f customers bought, %,.1f predicted; Brier score %.4f%s",
                    holdout.to(),
                    holdout.actual(),
                    holdout.predicted(),
                    holdout.brier(),
                    holdout.auc() == null ? "" : String.format(Locale.ROOT, ", AUC %.4f", holdout.auc())));
        return words;
    }

    private List<Chart> charts(PurchaseRhythm rhythm, List<StageCount> counts, @Nullable Holdout holdout) {
        var charts = new ArrayList<Chart>();
        charts.add(new Chart.BarGroups(
                "Life-cycle stages",
                "Customers by stage: cooling, lapsing and lost are later than 3 of 4, 9 of 10 and 97 of 100 purchases of active customers.",
                "stage",
                "customers",
                counts.stream().map(StageCount::stage).toList(),
                List.of(new Chart.Bars(
                        "customers",
                        counts.stream().mapToDouble(StageCount::customers).toArray()))));
        double longest = 1;
        while (rhythm.silence(longest) < .97 && longest < 1e6) longest *= 1.25;
        double[] at = new double[101];
        double[] shorter = new double[101];
        for (int k = 0; k <= 100; k++) {
            at[k] = longest * k / 100;
            shorter[k] = rhythm.silence(at[k]);
        }
        charts.add(new Chart.Lines(
                "How long everybody waits",
                "Of all intervals between two purchases, the share that is shorter.",
                unit.word() + "s since the last purchase",
                "share that is shorter",
                List.of(Chart.Line.of("intervals that are shorter", at, shorter))));
        if (holdout != null)
            charts.add(Chart.BarGroups.calibration(
                    "Customers in ten groups by their probability to buy, and the share that did after the last day learnt from.",
                    "tenth of the customers, by probability",
                    "share that bought",
                    holdout.deciles()));
        return charts;
    }
}
