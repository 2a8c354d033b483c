package io.rekindle.app.analyze;

import io.rekindle.models.Fit;
import io.rekindle.models.value.BgNbd;
import io.rekindle.models.value.Estimation;
import io.rekindle.models.value.GammaGamma;
import io.rekindle.models.value.HoldoutEvaluation;
import io.rekindle.models.value.MbgNbd;
import io.rekindle.models.value.NetPurchases;
import io.rekindle.models.value.ParetoNbd;
import io.rekindle.models.value.PurchaseModel;
import io.rekindle.models.value.RecencyFrequency;
import io.rekindle.platform.Problem;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze clv}: what each customer will buy and be worth. */
@Command(
        name = "clv",
        description = {
            "What each customer will buy and be worth, from a log of purchases.",
            "Fields: customer, time, amount (optional; negative amounts are refunds). Purchases of a customer on one day are one.",
            "Rows: customer, frequency, recency, age, expectedPurchases, pAlive, expectedSpend, value."
        },
        mixinStandardHelpOptions = true)
final class ClvAnalysis extends Analysis {
    private static final double DAYS_OF_YEAR = 365.25;
    /** Below this many repeat buyers the maximum of the likelihood is where chance put it. */
    private static final int FEW_REPEAT_BUYERS = 30;

    private static final double NOTABLE_CORRELATION = .3;

    /** The models of purchases, by their names on the command line. */
    enum ModelName {
        BGNBD,
        MBGNBD,
        PARETONBD
    }

    /** How parameters are found. */
    enum EstimationName {
        AUTO,
        ML,
        REGULARISED
    }

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--unit", description = "Unit of time: day or week (default: week).")
    private TimeUnit unit = TimeUnit.WEEK;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description =
                    "Last day to learn from; what comes later is held out and compared (default: the last day of the file).")
    private @Nullable LocalDate until;

    @Option(
            names = "--horizon",
            required = true,
            paramLabel = "LENGTH",
            description = "How far to look ahead: 39w, 90d, 12m or 1y.")
    @SuppressWarnings("NullAway.Init")
    private String horizon;

    @Option(names = "--model", description = "bgnbd, mbgnbd or paretonbd (default: bgnbd).")
    private ModelName model = ModelName.BGNBD;

    @Option(
            names = "--estimation",
            description =
                    "ml, regularised (with a weak prior, which the card states) or auto: regularised when there are fewer than 30 repeat buyers (default: auto).")
    private EstimationName estimation = EstimationName.AUTO;

    @Option(
            names = "--discount",
            paramLabel = "RATE",
            description = "Yearly discount rate of the value, e.g. 0.1 (default: 0).")
    private double discount;

    @Option(
            names = "--margin",
            paramLabel = "SHARE",
            description = "Share of the spend that is earned, for the value (default: 1).")
    private double margin = 1;

    /** The fitted Gamma-Gamma model as it goes to JSON. */
    record Spend(
            double p,
            double q,
            double gamma,
            double logLikelihood,
            FittedModel fit,
            double populationMean,
            double correlationWithFrequency) {}

    /**
     * What came after {@code until}, beside what was predicted of it.
     *
     * @param length of the time compared, in units
     */
    record Holdout(
            double length,
            String to,
            int customers,
            double actual,
            double predicted,
            double mae,
            double rmse,
            @Nullable Double auc,
            List<HoldoutEvaluation.Decile> deciles) {}

    /** Sums over all customers. */
    record Totals(
            int customers,
            int repeatBuyers,
            double expectedPurchases,
            @Nullable Double value) {}

    record Results(
            FittedModel model,
            @Nullable Spend spend,
            @Nullable Holdout holdout,
            Totals totals,
            String until,
            String unit,
            double horizon,
            double discount,
            double margin) {}

    @Override
    Outcome analyse(Progress progress) {
        double ahead = Length.of(horizon, "--horizon").days() / unit.days;
        if (!(discount >= 0) || !Double.isFinite(discount))
            throw Problem.invalid("discount_invalid", "--discount %s must be at least 0, e.g. 0.1".formatted(discount));
        if (!(margin > 0 && margin <= 1))
            throw Problem.invalid("margin_invalid", "--margin %s must lie between 0 and 1".formatted(margin));
        var card = new Card();
        var log = PurchaseLog.read(input, until, card, progress);
        NetPurchases purchases = log.learnt(card);
        var data = RecencyFrequency.fromTransactions(
                purchases.customer(), purchases.tick(), purchases.amount(), unit.days, log.until);
        int repeatBuyers = (int) IntStream.range(0, data.size())
                .filter(i -> data.frequency(i) > 0)
                .count();
        boolean few = repeatBuyers < FEW_REPEAT_BUYERS;
        var how = estimation == EstimationName.REGULARISED || (estimation == EstimationName.AUTO && few)
                ? Estimation.REGULARISED
                : Estimation.MAXIMUM_LIKELIHOOD;
        if (few)
            card.warn(
                    "few_repeat_buyers",
                    "few customers bought again (%,d of %,d): the parameters are uncertain"
                            .formatted(repeatBuyers, data.size()));
        progress.begin("fitting " + model.name().toLowerCase(Locale.ROOT));
        var fitted = fit(data, how);
        Fit fit = fitted.fit().orElseThrow();
        progress.end("%,d customers, %d evaluations".formatted(data.size(), fit.evaluations()));
        FittedModel.warn(fitted.name(), fit, card);

        var worth = new double[data.size()];
        Arrays.fill(worth, Double.NaN);
        var spend = log.hasAmounts ? spend(data, how, worth, card) : null;
        if (!log.hasAmounts)
            card.warn("no_amounts", "no column holds the amount: spend and value are left empty; --map amount=COLUMN");
        progress.begin("scoring");
        var expected = fitted.expectedPurchases(data, ahead);
        var discounted = discount == 0
                ? expected
                : fitted.discountedPurchases(data, ahead, Math.log1p(discount) * unit.days / DAYS_OF_YEAR);
        var alive = fitted.pAlive(data);
        var value = new double[data.size()];
        for (int i = 0; i < value.length; i++) value[i] = discounted[i] * worth[i] * margin;
        progress.end("%,d customers".formatted(data.size()));

        var rows = ResultRows.of(data.size())
                .text("customer", i -> log.name(data.customer(i)))
                .count("frequency", data::frequency)
                .decimal("recency", data::recency)
                .decimal("age", data::age)
                .decimal("expectedPurchases", expected)
                .decimal("pAlive", alive)
                .decimal("expectedSpend", worth)
                .decimal("value", value);
        var holdout = holdout(log, data, fitted, ahead, card);
        var totals = new Totals(
                data.size(),
                repeatBuyers,
                Arrays.stream(expected).sum(),
                spend == null ? null : Arrays.stream(value).sum());
        return new Outcome(
                new Results(
                        FittedModel.of(model.name().toLowerCase(Locale.ROOT), fit),
                        spend,
                        holdout,
                        totals,
                        LocalDate.ofEpochDay(log.until).toString(),
                        unit.word(),
                        ahead,
                        discount,
                        margin),
                words(fitted, fit, spend, holdout, totals, log),
                rows,
                wantsCharts() ? charts(log, data, fitted, holdout) : List.of(),
                card);
    }

    private PurchaseModel fit(RecencyFrequency data, Estimation how) {
        return switch (model) {
            case BGNBD -> BgNbd.fit(data, how);
            case MBGNBD -> MbgNbd.fit(data, how);
            case PARETONBD -> ParetoNbd.fit(data, how);
        };
    }

    /** Fits the spend on customers with repeat purchases worth something, and writes what is expected of each. */
    private static @Nullable Spend spend(RecencyFrequency data, Estimation how, double[] worth, Card card) {
        int n = data.size();
        int[] purchases = new int[n];
        double[] mean = new double[n];
        int buyers = 0;
        int nothing = 0;
        for (int i = 0; i < n; i++) {
            if (data.frequency(i) == 0) continue;
            if (!(data.meanSpend(i) > 0)) {
                nothing++;
                continue;
            }
            buyers++;
            purchases[i] = data.frequency(i);
            mean[i] = data.meanSpend(i);
        }
        if (nothing > 0)
            card.warn(
                    "no_net_spend",
                    "%,d customers bought again for nothing in all: the spend is not learnt from them, they are given the population's"
                            .formatted(nothing));
        if (buyers == 0) {
            card.warn("no_spend", "no repeat purchase has a positive amount: spend and value are left empty");
            return null;
        }
        var model = GammaGamma.fit(purchases, mean, how);
        var fit = model.fit().orElseThrow();
        FittedModel.warn("Gamma-Gamma", fit, card);
        double[] expected = model.expectedSpend(purchases, mean);
        System.arraycopy(expected, 0, worth, 0, n);
        double correlation = correlation(purchases, mean);
        if (Math.abs(correlation) > NOTABLE_CORRELATION)
            card.warn(
                    "spend_goes_with_frequency",
                    String.format(
                            Locale.ROOT,
                            "customers who buy %s often spend more each time (correlation %.2f): the spend model takes the two to be independent",
                            correlation > 0 ? "more" : "less",
                            correlation));
        return new Spend(
                model.p(),
                model.q(),
                model.gamma(),
                fit.logLikelihood(),
                FittedModel.of("gammagamma", fit),
                model.populationMean(),
                correlation);
    }

    private static double correlation(int[] purchases, double[] mean) {
        double n = 0;
        double x = 0;
        double y = 0;
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < purchases.length; i++) {
            if (purchases[i] == 0) continue;
            n++;
            x += purchases[i];
            y += mean[i];
            xx += (double) purchases[i] * purchases[i];
            yy += mean[i] * mean[i];
            xy += purchases[i] * mean[i];
        }
        double spread = Math.sqrt((xx - x * x / n) * (yy - y * y / n));
        return spread > 0 ? (xy - x * y / n) / spread : 0;
    }

    private @Nullable Holdout holdout(
            PurchaseLog log, RecencyFrequency data, PurchaseModel fitted, double ahead, Card card) {
        var later = log.later(ahead, unit, card).orElse(null);
        if (later == null) return null;
        double[] actual = IntStream.range(0, data.size())
                .mapToDouble(i -> later.daysBought()[data.customer(i)])
                .toArray();
        var evaluation = HoldoutEvaluation.of(fitted.expectedPurchases(data, later.length()), actual);
        return new Holdout(
                later.length(),
                LocalDate.ofEpochDay(later.to()).toString(),
                evaluation.customers(),
                evaluation.actual(),
                evaluation.predicted(),
                evaluation.mae(),
                evaluation.rmse(),
                Double.isNaN(evaluation.auc()) ? null : evaluation.auc(),
                evaluation.deciles());
    }

    private List<String> words(
            PurchaseModel fitted,
            Fit fit,
            @Nullable Spend spend,
            @Nullable Holdout holdout,
            Totals totals,
            PurchaseLog log) {
        var words = new ArrayList<String>();
        words.add("%s, learnt to %s from %,d customers, %,d of whom bought again; time in %ss"
                .formatted(
                        fitted.name(),
                        LocalDate.ofEpochDay(log.until),
                        totals.customers(),
                        totals.repeatBuyers(),
                        unit.word()));
        words.add(String.format(Locale.ROOT, "  %s; log-likelihood %.4f", FittedModel.words(fit), fit.logLikelihood()));
        if (spend != null)
            words.add(String.format(
                    Locale.ROOT,
                    "Gamma-Gamma of the spend: p %.5g, q %.5g, gamma %.5g; log-likelihood %.4f; a purchase is worth %s on average",
                    spend.p(),
                    spend.q(),
                    spend.gamma(),
                    spend.logLikelihood(),
                    Figures.amount(spend.populationMean(), 2)));
        if (holdout != null)
            words.add(String.format(
                    Locale.ROOT,
                    "held out to %s: %,.0f purchases, %,.1f predicted; mean error %.4f, root mean square %.4f%s",
                    holdout.to(),
                    holdout.actual(),
                    holdout.predicted(),
                    holdout.mae(),
                    holdout.rmse(),
                    holdout.auc() == null
                            ? ""
                            : String.format(Locale.ROOT, ", AUC of buying at all %.4f", holdout.auc())));
        words.add(String.format(Locale.ROOT, "within %s: %,.1f purchases", horizon, totals.expectedPurchases())
                + (totals.value() == null ? "" : ", worth " + Figures.amount(totals.value(), 2)));
        return words;
    }

    private List<Chart> charts(
            PurchaseLog log, RecencyFrequency data, PurchaseModel fitted, @Nullable Holdout holdout) {
        var charts = new ArrayList<Chart>();
        charts.add(tracking(log, data, fitted));
        charts.add(frequencies(data, fitted));
        if (holdout != null)
            charts.add(Chart.BarGroups.calibration(
                    "Customers in ten groups by what was predicted, and what they did after the last day learnt from. The bars of a group should be equally high.",
                    "tenth of the customers, by prediction",
                    "purchases per customer",
                    holdout.deciles()));
        return charts;
    }

    /** Repeat purchases of the customers learnt from, added up over calendar time. */
    private Chart tracking(PurchaseLog log, RecencyFrequency data, PurchaseModel fitted) {
        double oldest =
                IntStream.range(0, data.size()).mapToDouble(data::age).max().orElse(0);
        long first = log.until - Math.round(oldest * unit.days);
        int steps = 60;
        double[] at = new double[steps + 1];
        double[] actual = new double[steps + 1];
        double[] predicted = new double[steps + 1];
        int[] joined = new int[(int) (log.until - first) + 1];
        for (int i = 0; i < data.size(); i++)
            joined[
                    (int) Math.min(
                            joined.length - 1, Math.max(0, log.until - Math.round(data.age(i) * unit.days) - first))]++;
        boolean[] known = new boolean[log.customers()];
        for (int i = 0; i < data.size(); i++) known[data.customer(i)] = true;
        double[] buyers = log.buyersByDay(first, known);
        double newcomers = 0;
        double bought = 0;
        int counted = 0;
        for (int k = 0; k <= steps; k++) {
            long day = first + Math.round((double) k * (log.last - first) / steps);
            at[k] = day;
            for (; first + counted <= day; counted++) {
                bought += buyers[counted];
                if (counted < joined.length) newcomers += joined[counted];
            }
            for (int join = 0; join < joined.length && first + join <= day; join++)
                if (joined[join] > 0)
                    predicted[k] += joined[join] * fitted.expectedPurchases((double) (day - first - join) / unit.days);
            actual[k] = bought - newcomers;
        }
        double top = Math.max(actual[steps], predicted[steps]);
        return new Chart.Lines(
                "Repeat purchases over time",
                "All repeat purchases of the customers learnt from, added up, beside what the model expects of them. The upright line is the last day learnt from.",
                "",
                "repeat purchases",
                List.of(
                        Chart.Line.of("actual", at, actual),
                        Chart.Line.of("expected", at, predicted),
                        new Chart.Line(
                                "learnt to here", new double[] {log.until, log.until}, new double[] {0, top}, true)),
                Chart.Scale.DAYS);
    }

    private static Chart frequencies(RecencyFrequency data, PurchaseModel fitted) {
        int most = 10;
        double[] actual = new double[most + 1];
        double[] expected = new double[most + 1];
        double[] ages = new double[data.size()];
        for (int i = 0; i < data.size(); i++) {
            actual[Math.min(most, data.frequency(i))]++;
            ages[i] = data.age(i);
        }
        Arrays.sort(ages);
        for (int from = 0, to; from < ages.length; from = to) {
            for (to = from; to < ages.length && ages[to] == ages[from]; to++) {}
            double left = to - from;
            for (int n = 0; n < most; n++) {
                double share = (to - from) * fitted.pmf(ages[from], n);
                expected[n] += share;
                left -= share;
            }
            expected[most] += Math.max(0, left);
        }
        return new Chart.BarGroups(
                "How many bought how often",
                "Customers by their number of repeat purchases so far, beside what the model says of as many customers observed as long.",
                "repeat purchases",
                "customers",
                IntStream.rangeClosed(0, most)
                        .mapToObj(n -> n == most ? n + "+" : Integer.toString(n))
                        .toList(),
                List.of(new Chart.Bars("actual", actual), new Chart.Bars("expected", expected)));
    }
}
