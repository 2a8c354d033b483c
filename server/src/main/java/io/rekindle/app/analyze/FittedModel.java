package io.rekindle.app.analyze;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A fitted model as it goes to JSON.
 *
 * @param parameters by name, in the model's usual order
 * @param standardErrors by name; not finite, so null in JSON, where the data do not identify the parameter
 * @param convergence interior or at_boundary
 * @param prior of a regularised fit, in words
 */
record FittedModel(
        String name,
        Map<String, Double> parameters,
        double logLikelihood,
        Map<String, Double> standardErrors,
        int customers,
        double aic,
        String convergence,
        @Nullable String prior) {
    static FittedModel of(String name, Fit fit) {
        var parameters = new LinkedHashMap<String, Double>();
        var errors = new LinkedHashMap<String, Double>();
        for (var parameter : fit.parameters()) {
            parameters.put(parameter.name(), parameter.value());
            errors.put(parameter.name(), parameter.standardError());
        }
        return new FittedModel(
                name,
                parameters,
                fit.logLikelihood(),
                errors,
                fit.customers(),
                fit.aic(),
                fit.convergence().name().toLowerCase(Locale.ROOT),
                fit.prior().orElse(null));
    }

    /** The parameters with their standard errors, for a person. */
    static String words(Fit fit) {
        return fit.parameters().stream()
                .map(parameter -> String.format(
                        Locale.ROOT,
                        "%s %.5g%s",
                        parameter.name(),
                        parameter.value(),
                        Double.isFinite(parameter.standardError())
                                ? String.format(Locale.ROOT, " (± %.2g)", parameter.standardError())
                                : " (not identified)"))
                .collect(Collectors.joining(", "));
    }

    /** Warns where a fit ended at the edge, or leans on a prior. */
    static void warn(String name, Fit fit, Card card) {
        fit.prior()
                .ifPresent(prior -> card.warn(
                        "regularised",
                        "%s was fitted with a prior, not by maximum likelihood alone: %s".formatted(name, prior)));
        if (fit.convergence() == Convergence.AT_BOUNDARY)
            card.warn(
                    "at_boundary",
                    "%s has its likeliest parameters at the edge: the data do not show all it describes; predictions near the observed period hold, standard errors do not"
                            .formatted(name));
    }
}
