package io.rekindle.predict;

import io.rekindle.segment.Words;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is, what it was learnt from, and how well.
 *
 * @param name {@code bg_nbd}, {@code gamma_gamma} or {@code purchase_rhythm}
 * @param version counts this model's fits
 * @param fitted false when there was too little to learn from; {@code summary} says so
 * @param dataFrom first day of the purchases it was learnt from
 * @param dataTo last day
 * @param customers how many customers it was learnt from
 * @param parameters with standard errors; empty when not fitted
 * @param boundary whether the data show no maximum inside: then standard errors say little
 */
public record ModelCard(
        String name,
        int version,
        boolean fitted,
        Instant fittedAt,
        LocalDate dataFrom,
        LocalDate dataTo,
        long customers,
        @Nullable Double logLikelihood,
        List<ModelParameter> parameters,
        boolean boundary,
        Words summary) {
    public ModelCard {
        parameters = List.copyOf(parameters);
    }

    /**
     * One estimated parameter.
     *
     * @param standardError null when the data do not identify the parameter
     */
    public record ModelParameter(
            String name, double value, @Nullable Double standardError) {}

    /** The value of a parameter. */
    double parameter(String wanted) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("model %s has no parameter %s".formatted(name, wanted)))
                .value();
    }

    /** As score rows name it. */
    String id() {
        return name + "-" + version;
    }
}
