package io.rekindle.app.analyze;

import io.rekindle.app.analyze.ExperimentComparison.Adjusted;
import io.rekindle.app.analyze.ExperimentComparison.Belief;
import io.rekindle.app.analyze.ExperimentComparison.Interval;
import io.rekindle.app.analyze.ExperimentComparison.Obstacle;
import io.rekindle.app.analyze.ExperimentComparison.OnCompliers;
import io.rekindle.models.experiment.Compliance;
import io.rekindle.models.experiment.Cuped;
import io.rekindle.models.experiment.JointSample;
import io.rekindle.models.experiment.Lift;
import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.NotMeasurable;
import io.rekindle.models.experiment.Look;
import io.rekindle.models.experiment.Posterior;
import io.rekindle.models.experiment.Posterior.Prior;
import io.rekindle.models.experiment.Sample;
import io.rekindle.models.experiment.TwoSample;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The outcomes of two arms, in the file's order, and what can be said of them. */
final class ExperimentArms {
    private static final int POINTS = 80;
    /** With fewer amounts in the smaller arm Welch's interval is not worth its name. */
    private static final double FEW_AMOUNTS = 50;

    private static final double FAR_FROM_ZERO = 1e4;

    private final int[] rows;
    private final int[] arms;
    private final double[] outcome;
    private final double[] below;
    private final double[] before;
    private final double[] received;
    private final int controlArm;
    private final int arm;
    private final boolean binary;

    ExperimentArms(
            int[] rows,
            int[] arms,
            double[] outcome,
            double[] below,
            double[] before,
            double[] received,
            int controlArm,
            int arm,
            boolean binary) {
        this.rows = rows;
        this.arms = arms;
        this.outcome = outcome;
        this.below = below;
        this.before = before;
        this.received = received;
        this.controlArm = controlArm;
        this.arm = arm;
        this.binary = binary;
    }

    String kind() {
        return below.length > 0 ? "ratio" : binary ? "proportion" : "mean";
    }

    JointSample control() {
        return joint(controlArm, below, 0);
    }

    JointSample treatment() {
        return joint(arm, below, 0);
    }

    JointSample withCovariate(int which) {
        double mean = Arrays.stream(rows)
                .mapToDouble(row -> before[row])
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(0);
        // The mean taken off: large numbers all alike leave nothing of their differences in a sum of squares.
        double[] centred = Arrays.stream(before).map(value -> value - mean).toArray();
        return joint(which, centred, 0);
    }

    JointSample withReceipt(int which) {
        return joint(which, received, 0);
    }

    /** Outcome first, the other number second, with a stand-in where it is missing. */
    private JointSample joint(int which, double[] second, double missing) {
        int[] own = Arrays.stream(rows).filter(row -> arms[row] == which).toArray();
        return JointSample.of(
                Arrays.stream(own).mapToDouble(row -> outcome[row]).toArray(),
                Arrays.stream(own)
                        .mapToDouble(row -> second.length == 0 ? 0 : Double.isNaN(second[row]) ? missing : second[row])
                        .toArray());
    }

    @Nullable
    Double value(JointSample sample) {
        if (sample.n() == 0) return null;
        if (below.length == 0) return sample.first().mean();
        return sample.otherSum() == 0 ? null : Double.valueOf(sample.ratio());
    }

    Posterior rates(JointSample control, JointSample treatment, double credibility) {
        return Posterior.ofRates(
                control.n(), Math.round(control.sum()), treatment.n(), Math.round(treatment.sum()), 1, 1, credibility);
    }

    Lift lift(JointSample control, JointSample treatment, Look look) {
        if (below.length > 0) return TwoSample.ratios(control, treatment, look);
        return binary
                ? TwoSample.proportions(
                        control.n(), Math.round(control.sum()), treatment.n(), Math.round(treatment.sum()), look)
                : neverNegative()
                                && (look instanceof Look.Anytime
                                        || TwoSample.expectedAmounts(control.first(), treatment.first()) < FEW_AMOUNTS)
                        ? TwoSample.amounts(control.first(), treatment.first(), look)
                        : TwoSample.means(control.first(), treatment.first(), look);
    }

    /** Whether the smaller arm has so few amounts that only the score interval of the difference is worth its name. */
    boolean hasFewAmounts() {
        Sample ofControl = control().first();
        Sample ofTreatment = treatment().first();
        return below.length == 0
                && neverNegative()
                && TwoSample.areRare(ofControl, ofTreatment)
                && TwoSample.expectedAmounts(ofControl, ofTreatment) < FEW_AMOUNTS;
    }

    /** Whether the outcomes differ so little beside their size that sums of squares tell nothing of it. */
    boolean isFarFromZero() {
        var about = Arrays.stream(rows).mapToDouble(row -> outcome[row]).summaryStatistics();
        return about.getMax() > about.getMin()
                && Math.abs(about.getAverage()) > FAR_FROM_ZERO * (about.getMax() - about.getMin());
    }

    private boolean neverNegative() {
        return Arrays.stream(rows).allMatch(row -> outcome[row] >= 0);
    }

    /**
     * What the treatment changed in them.
     *
     * @param name of the arm
     * @param control the other's name
     */
    ExperimentComparison compare(String metric, String name, String control, Look look, double alpha) {
        JointSample ofControl = control();
        JointSample ofTreatment = treatment();
        var lift = lift(ofControl, ofTreatment, look);
        Adjusted adjusted = null;
        Lift best = lift;
        boolean few = hasFewAmounts();
        if (before.length > 0 && below.length == 0 && !few) {
            // Customers without the covariate stay in at its mean: they lose precision, not their place.
            var cuped = Cuped.means(withCovariate(controlArm), withCovariate(arm), look);
            best = cuped.adjusted();
            adjusted = switch (best) {
                case Measured measured ->
                    new Adjusted(
                            cuped.theta(), cuped.varianceKept(), Interval.of(measured), Interval.relative(measured));
                case NotMeasurable none -> new Adjusted(cuped.theta(), cuped.varianceKept(), null, null);
            };
        }
        OnCompliers compliers = null;
        if (received.length > 0 && below.length == 0 && !few) {
            var compliance = Compliance.of(withReceipt(controlArm), withReceipt(arm), look);
            compliers = new OnCompliers(
                    compliance.complierShare(),
                    compliance.firstStage(),
                    compliance
                            .onCompliers()
                            .map(e -> new Interval(e.estimate(), e.low(), e.high(), e.p(), e.standardError()))
                            .orElse(null));
        }
        return switch (lift) {
            case NotMeasurable none ->
                new ExperimentComparison(
                        metric,
                        kind(),
                        name,
                        control,
                        ofControl.n(),
                        ofTreatment.n(),
                        value(ofControl),
                        value(ofTreatment),
                        null,
                        null,
                        null,
                        binary ? belief(rates(ofControl, ofTreatment, 1 - alpha)) : null,
                        null,
                        new Obstacle(
                                none.reason().name().toLowerCase(Locale.ROOT), none.because(), none.whatItWouldTake()));
            case Measured measured -> {
                var basis = best instanceof Measured sharper ? sharper : measured;
                yield new ExperimentComparison(
                        metric,
                        kind(),
                        name,
                        control,
                        ofControl.n(),
                        ofTreatment.n(),
                        measured.control(),
                        measured.treatment(),
                        Interval.of(measured),
                        Interval.relative(measured),
                        adjusted,
                        binary && adjusted == null
                                ? belief(rates(ofControl, ofTreatment, 1 - alpha))
                                : few
                                        ? null
                                        : belief(Posterior.ofEffect(
                                                basis.estimate(), basis.standardError(), Prior.FLAT, 1 - alpha)),
                        compliers,
                        null);
            }
        };
    }

    private static Belief belief(Posterior posterior) {
        return new Belief(
                posterior.chanceToBeat(),
                posterior.lossIfChosen(),
                posterior.lossIfRefused(),
                posterior.low(),
                posterior.high());
    }

    /** Estimate and both kinds of interval as the rows come in. */
    Chart overTime(String metric, String name, String control, double alpha, double narrowestAt) {
        int[] own = Arrays.stream(rows)
                .filter(row -> arms[row] == controlArm || arms[row] == arm)
                .toArray();
        double[] x = new double[POINTS];
        double[][] y = new double[5][POINTS];
        for (double[] line : y) Arrays.fill(line, Double.NaN);
        var sums = new Sums[] {new Sums(), new Sums()};
        int seen = 0;
        for (int k = 0; k < POINTS; k++) {
            int until = (int) ((k + 1L) * own.length / POINTS);
            for (; seen < until; seen++) {
                int row = own[seen];
                sums[arms[row] == arm ? 1 : 0].add(outcome[row], below.length == 0 ? 0 : below[row]);
            }
            x[k] = until;
            if (lift(sums[0].sample(), sums[1].sample(), new Look.Once(alpha)) instanceof Measured once) {
                y[0][k] = once.estimate();
                y[1][k] = once.low();
                y[2][k] = once.high();
            }
            if (lift(sums[0].sample(), sums[1].sample(), new Look.Anytime(alpha, narrowestAt))
                    instanceof Measured anytime) {
                y[3][k] = anytime.low();
                y[4][k] = anytime.high();
            }
        }
        // The first intervals of few customers are so wide that nothing else could be seen beside them.
        int from = POINTS / 10;
        for (double[] line : y) Arrays.fill(line, 0, from, Double.NaN);
        return new Chart.Lines(
                "%s of %s against %s, as the rows came in".formatted(metric, name, control),
                "Only the outer, always valid interval may be watched: it keeps its promise however often one looks; the inner one, for a single look at the end, does not.",
                "customers of both arms",
                "difference",
                List.of(
                        new Chart.Line("difference", x, y[0], false),
                        Chart.Line.bounds("interval of one look", x, y[1], y[2], true),
                        Chart.Line.bounds("always valid interval", x, y[3], y[4], false)));
    }

    private static final class Sums {
        private long n;
        private double sum;
        private double squares;
        private double other;
        private double otherSquares;
        private double products;

        void add(double first, double second) {
            n++;
            sum += first;
            squares += first * first;
            other += second;
            otherSquares += second * second;
            products += first * second;
        }

        JointSample sample() {
            return new JointSample(n, sum, squares, other, otherSquares, products);
        }
    }
}
