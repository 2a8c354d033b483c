package io.rekindle.models.value;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import io.rekindle.models.Parameter;
import io.rekindle.models.numeric.Minimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The search all purchase models share: four positive parameters, of which the scales are times; logarithms are searched,
 * time is measured in mean ages, the second parameter (α) starts where the mean rate is the observed one.
 *
 * @param value the estimates, in the data's unit of time
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record PurchaseFit(double[] value, Fit fit) {
    /** Standard deviation of the prior on each logarithm. */
    static final double PRIOR_SPREAD = 1;

    /** Makes a model's likelihood of the triples, time in the unit. */
    interface Likelihood {
        Minimizer.Objective of(Triples triples, double unit);
    }

    /**
     * @param names of the parameters; alpha and beta are times
     * @param start logarithms of the parameters in mean ages; that of alpha is moved by the observed mean frequency
     */
    static PurchaseFit of(
            String model,
            RecencyFrequency data,
            Estimation estimation,
            List<String> names,
            double[] start,
            double[] low,
            double[] high,
            Likelihood likelihood) {
        Triples triples = data.triples();
        if (triples.rows == 0) throw new IllegalArgumentException("no customers to fit a %s model on".formatted(model));
        if (triples.repeatPurchases == 0)
            throw new IllegalArgumentException(
                    "no customer of %d bought again; a %s model needs repeat purchases: observe longer"
                            .formatted(triples.rows, model));
        double unit = triples.meanAge;
        double[] from = start.clone();
        from[1] -= Math.log((double) triples.repeatPurchases / triples.rows);
        var plain = likelihood.of(triples, unit);
        boolean regularised = estimation == Estimation.REGULARISED;
        Minimizer.Minimum best =
                Minimizer.minimize(regularised ? withPrior(plain, from, triples.rows) : plain, from, low, high);
        double[] point = best.point();
        double[] value = new double[point.length];
        var parameters = new ArrayList<Parameter>();
        var prior = new ArrayList<String>();
        for (int i = 0; i < value.length; i++) {
            double scale = isTime(names.get(i)) ? unit : 1;
            value[i] = Math.exp(point[i]) * scale;
            parameters.add(new Parameter(
                    names.get(i), value[i], value[i] * Math.sqrt(best.covariance()[i][i] / triples.rows)));
            prior.add(String.format(
                    Locale.ROOT,
                    "ln %s ~ Normal(ln %.4g, %.0f)",
                    names.get(i),
                    Math.exp(from[i]) * scale,
                    PRIOR_SPREAD));
        }
        double negativeMean = regularised ? plain.value(point, new double[point.length]) : best.value();
        return new PurchaseFit(
                value,
                new Fit(
                        -negativeMean * triples.rows - (double) triples.repeatPurchases * Math.log(unit),
                        triples.rows,
                        triples.size(),
                        best.evaluations(),
                        best.anyAtBound() ? Convergence.AT_BOUNDARY : Convergence.INTERIOR,
                        parameters,
                        regularised ? Optional.of(String.join(", ", prior)) : Optional.empty()));
    }

    private static boolean isTime(String parameter) {
        return parameter.equals("alpha") || parameter.equals("beta");
    }

    /** Adds the prior's negative logarithm, shared out over the customers. */
    static Minimizer.Objective withPrior(Minimizer.Objective likelihood, double[] centre, double rows) {
        return (point, gradient) -> {
            double value = likelihood.value(point, gradient);
            for (int i = 0; i < point.length; i++) {
                double away = (point[i] - centre[i]) / PRIOR_SPREAD;
                value += away * away / (2 * rows);
                gradient[i] += away / (PRIOR_SPREAD * rows);
            }
            return value;
        };
    }
}
