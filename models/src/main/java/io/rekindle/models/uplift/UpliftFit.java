package io.rekindle.models.uplift;

import io.rekindle.models.table.Remark;
import io.rekindle.models.uplift.UpliftCard.Candidate;
import io.rekindle.models.uplift.UpliftCard.Group;
import io.rekindle.models.uplift.UpliftCard.Top;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** One fit of {@link Uplift}, step by step: learn by folds, try the ranking against chance, fit on all, write the card. */
final class UpliftFit {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    /** From so many customers on fewer resamples and permutations are made. */
    private static final int MANY = 100_000;

    /** Of fewer customers the effects told are means over at least so many draws, if any are told. */
    private static final int CALM = 3;

    private final Trial trial;
    private final boolean[] treated;
    private final double[] y;
    private final int n;
    private final Uplift.Settings settings;
    private final Consumer<String> told;
    private final Trial.Draw draw;
    private final Assigned assigned;

    UpliftFit(Trial trial, Uplift.Settings settings, Consumer<String> told) {
        this.trial = trial;
        this.treated = trial.treated();
        this.y = trial.outcome();
        this.n = trial.size();
        this.settings = settings;
        this.told = told;
        draw = draw(0);
        assigned = Assigned.of(trial, settings.assignment(), draw, settings.seed(), told);
    }

    private Trial.Draw draw(int number) {
        return trial.draw(settings.seed(), number, settings.folds(), settings.given());
    }

    Uplift done() {
        var table = trial.table();
        int[] order = draw.order();
        double[] probability = assigned.probability();
        int permutations = n > MANY ? Math.max(200, settings.permutations() / 4) : settings.permutations();
        var refusal = new Refusal(settings.given().length == 0 ? settings.draws() : 1, n > MANY ? 1 : CALM);
        var drawn = new ArrayList<CrossFit>();
        while (!refusal.settled()) {
            int number = drawn.size();
            if (number > 0) told.accept("one draw of folds does not settle it: draw %d".formatted(number + 1));
            var crossFit = new CrossFit(
                    trial,
                    assigned,
                    number == 0 ? draw : draw(number),
                    settings.learners(),
                    settings.bases(),
                    settings.seed() + number,
                    told);
            drawn.add(crossFit);
            told.accept("trying the ranking against chance");
            refusal.add(crossFit.trial(permutations, new SplittableRandom(settings.seed() + number * GOLDEN)));
        }
        var permutation = refusal.together();
        boolean rankable = refusal.rankable();
        var parts = drawn.stream().map(CrossFit::byOthers).toList();
        var foretold = HeldOut.mean(parts);
        double[] corrected = foretold.corrected(order);
        // One mixture and one scale for all customers, so neither moves anybody past anybody for the fold they fell in.
        var blend = foretold.blend(order);
        double[] mixed = blend.effects(foretold::effects);
        var scaled = Scale.of(mixed, corrected, order);
        double[] effect = Arrays.stream(mixed).map(scaled::of).toArray();
        double[] alone = blend.outcomes(foretold::alone);
        var ranking = ranking(effect);
        var interval = ranking.interval(
                n > MANY ? Math.max(100, settings.resamples() / 4) : settings.resamples(),
                new SplittableRandom(~settings.seed()));
        told.accept("fitting on all customers");
        var model = new Blended(trial, order, probability, blend, settings.seed());
        double average = scaled.average();
        // Its effects are those of one fit, and not as calm as the mean over several draws.
        double slope = parts.stream()
                        .mapToDouble(part -> Scale.of(blend.effects(part::effects), corrected, order)
                                .slope())
                        .sum()
                / parts.size();
        // The model of all is centred where it predicts, which is not where those of the folds did.
        double mean = Arrays.stream(model.effects(table, order)).sum() / n;
        var scale = new Scale(average, mean, rankable ? slope : 0);
        double error = error(corrected, average);
        double usual = controlOutcome();
        double band = Math.max(Math.abs(average), error) / 2;
        var groups = IntStream.range(0, rankable ? n : 0)
                .mapToObj(i -> ResponseGroup.of(effect[i], alone[i], band, usual))
                .toArray(ResponseGroup[]::new);
        // A linear effect from 4/3 of the average at the top to 2/3 at the end has an area of a ninth of it.
        double worthwhile = Math.max(Math.abs(average), 2 * error) / 9;
        double needed = n * Math.pow(refusal.reach() * permutation.chance() / worthwhile, 2);
        double forThis = permutation.area() > 0
                ? n * Math.pow(refusal.reach() * permutation.chance() / permutation.area(), 2)
                : Double.POSITIVE_INFINITY;
        var remarks = new ArrayList<>(trial.remarks());
        remarks.addAll(assigned.remarks());
        if (n > Effects.MOST_LEARNT)
            remarks.add(new Remark(
                    "learnt_from_some",
                    String.format(
                            Locale.ROOT,
                            "of %,d customers each model learns from at most %,d, evenly spread over all; effects, the trial against chance and every figure are those of all",
                            n,
                            Effects.MOST_LEARNT)));
        if (!rankable)
            remarks.add(new Remark(
                    "nothing_to_rank",
                    String.format(
                            Locale.ROOT,
                            "the ranking is no better than chance (p %.3f): nobody is ranked, and everybody's effect is the average. To see a ranking whose better half has twice the effect of the other takes about %,.0f customers, there are %,d",
                            permutation.p(),
                            needed,
                            n)));
        int count = 0;
        for (boolean t : treated) if (t) count++;
        var card = new UpliftCard(
                n,
                count,
                usual,
                average,
                error,
                assigned.words(),
                blend.words(),
                candidates(foretold),
                interval,
                ranking.auuc(),
                ranking.area(),
                permutation,
                refusal.draws(),
                rankable,
                needed,
                forThis,
                tops(ranking),
                ranking.deciles(),
                PolicyValue.ofTenths(effect, treated, y, probability, blend.outcomes(foretold::treated), alone),
                groups(groups, effect),
                ranking.curve(200),
                remarks);
        double[] outOfFold = effect;
        if (!rankable) {
            outOfFold = new double[n];
            Arrays.fill(outOfFold, average);
        }
        return new Uplift(table, model, scale, outOfFold, groups, band, card);
    }

    private UpliftRanking ranking(double[] score) {
        return assigned.ranking(trial, score, IntStream.range(0, n).toArray());
    }

    private double error(double[] corrected, double average) {
        double squares = 0;
        for (int row : draw.order()) squares += (corrected[row] - average) * (corrected[row] - average);
        return Math.sqrt(squares / (n - 1) / n);
    }

    private double controlOutcome() {
        double weight = 0;
        double sum = 0;
        for (int row : draw.order())
            if (!treated[row]) {
                double w = 1 / (1 - assigned.probability()[row]);
                weight += w;
                sum += w * y[row];
            }
        return sum / weight;
    }

    private List<Candidate> candidates(HeldOut foretold) {
        return foretold.ways().stream()
                .map(way -> {
                    var ranking = ranking(foretold.effects(way));
                    return new Candidate(way.learner(), way.base(), ranking.qini(), ranking.area());
                })
                .toList();
    }

    private static List<Top> tops(UpliftRanking ranking) {
        return DoubleStream.of(.1, .2, .3, .5)
                .mapToObj(share -> {
                    var top = ranking.top(share);
                    return new Top(share, top.uplift(), top.standardError());
                })
                .toList();
    }

    private List<Group> groups(ResponseGroup[] groups, double[] effect) {
        var all = new ArrayList<Group>();
        if (groups.length == 0) return all;
        for (var group : ResponseGroup.values()) {
            int[] own = IntStream.range(0, n).filter(i -> groups[i] == group).toArray();
            if (own.length == 0) {
                all.add(new Group(group, 0, Double.NaN, Double.NaN, Double.NaN));
                continue;
            }
            boolean[] t = new boolean[own.length];
            int some = 0;
            for (int i = 0; i < own.length; i++) {
                t[i] = treated[own[i]];
                if (t[i]) some++;
            }
            double predicted = Arrays.stream(own).mapToDouble(i -> effect[i]).sum() / own.length;
            if (some == 0 || some == own.length) {
                all.add(new Group(group, own.length, predicted, Double.NaN, Double.NaN));
                continue;
            }
            var measured = UpliftRanking.weighted(
                            new double[own.length],
                            t,
                            Arrays.stream(own).mapToDouble(i -> y[i]).toArray(),
                            Arrays.stream(own)
                                    .mapToDouble(i -> assigned.probability()[i])
                                    .toArray())
                    .top(1);
            all.add(new Group(group, own.length, predicted, measured.uplift(), measured.standardError()));
        }
        return all;
    }
}
