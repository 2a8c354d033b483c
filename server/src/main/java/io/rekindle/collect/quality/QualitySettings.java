package io.rekindle.collect.quality;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How data quality is measured.
 *
 * @param lateAfter an event that comes so long after it happened counts as late
 */
@ConfigurationProperties("rekindle.quality")
record QualitySettings(@DefaultValue("1h") Duration lateAfter) {
    QualitySettings {
        if (lateAfter.compareTo(Duration.ofSeconds(1)) < 0)
            throw new IllegalArgumentException(
                    "rekindle.quality.late-after is %s; it needs at least a second".formatted(lateAfter));
    }
}
