package io.rekindle.analyse;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the daily analysis works.
 *
 * @param learnEveryDays days after which models are learnt anew; in between, each day's tiers, stages and scores come from
 *     the latest ones. An analysis asked for by hand always learns
 */
@ConfigurationProperties("rekindle.analyse")
public record AnalyseSettings(@DefaultValue("7") int learnEveryDays) {
    public AnalyseSettings {
        if (learnEveryDays < 1)
            throw new IllegalArgumentException(
                    "rekindle.analyse.learn-every-days: %d; it is at least 1".formatted(learnEveryDays));
    }
}
