package io.rekindle.predict;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is predicted.
 *
 * @param purchaseDays days ahead that {@code expected_purchases} counts
 * @param valueDays days ahead that {@code expected_value} sums
 * @param tolerance a score is written down anew when it has moved by this share of itself
 * @param fewestReturned fewer customers who came back than this, and no model is fitted
 */
@ConfigurationProperties("rekindle.predict")
public record PredictSettings(
        @DefaultValue("30") int purchaseDays,
        @DefaultValue("365") int valueDays,
        @DefaultValue("0.01") double tolerance,
        @DefaultValue("50") int fewestReturned) {
    public PredictSettings {
        if (purchaseDays < 1 || valueDays < 1)
            throw new IllegalArgumentException("rekindle.predict: horizons of %d and %d days; both are at least 1"
                    .formatted(purchaseDays, valueDays));
        if (!(tolerance >= 0 && tolerance < 1))
            throw new IllegalArgumentException(
                    "rekindle.predict.tolerance: %s; it lies between 0 and 1".formatted(tolerance));
        if (fewestReturned < 1)
            throw new IllegalArgumentException(
                    "rekindle.predict.fewest-returned: %d; it is at least 1".formatted(fewestReturned));
    }
}
