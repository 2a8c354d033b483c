package io.rekindle.models.uplift;

import io.rekindle.models.table.Remark;
import io.rekindle.models.uplift.UpliftCard.Candidate;
import io.rekindle.models.uplift.UpliftCard.Group;
import io.rekindle.models.uplift.UpliftCard.Top;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** One fit of {@link Uplift}, step by step: learn by folds, try the ranking against chance, fit on all, write the card. */
final class UpliftFit {
    private static final double SIGNIFICANT = .05;
    /** One-sided 5 % and a power of 80 %. */
    private static final double POWER = 1.6449 + .8416;

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
        draw = trial.draw(settings.seed(), settings.folds(), settings.given());
        assigned = Assigned.of(trial, settings.assignment(), draw, settings.seed(), told);
    }

    Uplift done() {
        var table = trial.table();
        int[] order = draw.order();
        double[] probability = assigned.probability();
        var crossFit =
                new CrossFit(trial, assigned, draw, settings.learners(), settings.bases(), settings.seed(), told);
        double[] effect = crossFit.effect();
        told.accept("trying the ranking against chance");
        var ranking = ranking(effect);
        var random = new SplittableRandom(settings.seed());
        int times = n > 100_000 ? Math.max(200, settings.permutations() / 4) : settings.permutations();
        var permutation = ranking.permutation(times, random.split());
        boolean rankable = permutation.p() <= SIGNIFICANT;
        var interval = ranking.interval(
                n > 100_000 ? Math.max(100, settings.resamples() / 4) : settings.resamples(), random.split());
        var way = crossFit.best(order);
        told.accept("fitting on all customers");
        var all = new Effects(
                table, order, treated, y, probability, way.base(), EnumSet.of(way.learner()), settings.seed());
        var whole = Scale.of(crossFit.raw(way), crossFit.corrected(), order);
        // The model of all is centred where it predicts, which is not where those of the folds did.
        double mean = Arrays.stream(all.effects(way.learner(), table, order)).sum() / n;
        var scale = new Scale(whole.average(), mean, rankable ? whole.slope() : 0);
        double error = error(crossFit.corrected(), whole.average());
        double usual = controlOutcome();
        double band = Math.max(Math.abs(whole.average()), error) / 2;
        var groups = IntStream.range(0, rankable ? n : 0)
                .mapToObj(i -> ResponseGroup.of(effect[i], crossFit.alone()[i], band, usual))
                .toArray(ResponseGroup[]::new);
        // A linear effect from 4/3 of the average at the top to 2/3 at the end has an area of a ninth of it.
        double worthwhile = Math.max(Math.abs(whole.average()), 2 * error) / 9;
        double needed = n * Math.pow(POWER * permutation.chance() / worthwhile, 2);
        double forThis = permutation.area() > 0
                ? n * Math.pow(POWER * permutation.chance() / permutation.area(), 2)
                : Double.POSITIVE_INFINITY;
        var remarks = new ArrayList<>(trial.remarks());
        remarks.addAll(assigned.remarks());
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
                whole.average(),
                error,
                assigned.words(),
                way.words(),
                candidates(crossFit),
                interval,
                ranking.auuc(),
                ranking.area(),
                permutation,
                rankable,
                needed,
                forThis,
                tops(ranking),
                ranking.deciles(),
                PolicyValue.ofTenths(effect, treated, y, probability, crossFit.withIt(), crossFit.alone()),
                groups(groups, effect),
                ranking.curve(200),
                remarks);
        double[] outOfFold = effect;
        if (!rankable) {
            outOfFold = new double[n];
            Arrays.fill(outOfFold, whole.average());
        }
        return new Uplift(table, all, way, scale, outOfFold, groups, band, card);
    }

    private UpliftRanking ranking(double[] score) {
        return assigned.even()
                ? UpliftRanking.of(score, treated, y)
                : UpliftRanking.weighted(score, treated, y, assigned.probability());
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

    private List<Candidate> candidates(CrossFit crossFit) {
        var candidates = new ArrayList<Candidate>();
        for (var way : crossFit.ways()) {
            var ranking = ranking(crossFit.raw(way));
            candidates.add(new Candidate(way.learner(), way.base(), ranking.qini(), ranking.area()));
        }
        return candidates;
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
