package io.rekindle.evaluate;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How campaigns are measured.
 *
 * @param grace how long after a window has closed its outcomes are recorded: orders placed in the window and reported later
 *     than that, say by a nightly import, do not count any more
 */
@ConfigurationProperties("rekindle.evaluate")
public record EvaluateSettings(@DefaultValue("24h") Duration grace) {
    public EvaluateSettings {
        if (grace.isNegative())
            throw new IllegalArgumentException("rekindle.evaluate.grace: %s; it is not negative".formatted(grace));
    }
}
