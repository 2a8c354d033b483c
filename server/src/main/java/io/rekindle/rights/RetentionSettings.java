package io.rekindle.rights;

import java.time.LocalTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long data is kept.
 *
 * @param retention by class of data, a time such as {@code 90d} or {@code forever}; those not named have their defaults
 * @param retentionAt the time of day at which what is older goes
 */
@ConfigurationProperties("rekindle")
public record RetentionSettings(
        @Nullable Map<String, String> retention,
        @DefaultValue("04:30") LocalTime retentionAt) {
    public RetentionSettings {
        retention = retention == null ? Map.of() : Map.copyOf(retention);
    }

    /** By class of data, as set. */
    Map<String, String> set() {
        return retention == null ? Map.of() : retention;
    }
}
