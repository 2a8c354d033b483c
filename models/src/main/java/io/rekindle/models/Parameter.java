package io.rekindle.models;

/**
 * One estimated parameter.
 *
 * @param name the model's usual name for it, e.g. {@code alpha}
 * @param value the estimate
 * @param standardError from the observed information; positive infinity where the data do not identify the parameter
 */
public record Parameter(String name, double value, double standardError) {
    public Parameter {
        if (!Double.isFinite(value))
            throw new IllegalArgumentException("parameter %s is %s, not a number".formatted(name, value));
        if (!(standardError >= 0))
            throw new IllegalArgumentException(
                    "standard error of %s is %s; it is at least 0".formatted(name, standardError));
    }
}
