package io.rekindle.rights;

import java.time.Duration;
import java.time.LocalTime;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Until when an erasure is done.
 *
 * @param within the time from the request until the last trace is gone; an erasure beyond it is shown as a failure
 * @param rewriteAt the time of day at which the files of the stores are written anew without those who were erased
 */
@ConfigurationProperties("rekindle.erasure")
public record ErasureSettings(
        @DefaultValue("2d") Duration within,
        @DefaultValue("03:45") LocalTime rewriteAt) {
    public ErasureSettings {
        if (within.compareTo(Duration.ofHours(25)) < 0)
            throw new IllegalArgumentException(
                    "rekindle.erasure.within is %s; the files are written anew once a day, so it must be 25 hours or more"
                            .formatted(within));
    }
}
