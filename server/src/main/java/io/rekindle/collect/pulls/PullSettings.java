package io.rekindle.collect.pulls;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How rows are pulled from databases.
 *
 * @param longest how long the reading of one pull may take
 * @param largest how large what one pull reads may be; it is kept in a file until it is imported
 * @param mostRejected a pull of whose rows a larger share could not be used is faulty, and its watermark stays
 */
@ConfigurationProperties("rekindle.pulls")
public record PullSettings(
        @DefaultValue("1h") Duration longest,
        @DefaultValue("20GB") DataSize largest,
        @DefaultValue("0.5") double mostRejected) {
    public PullSettings {
        if (longest.compareTo(Duration.ofSeconds(1)) < 0 || longest.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException("rekindle.pulls.longest is %s; it needs 1s to 24h".formatted(longest));
        if (largest.toBytes() < 1_000_000)
            throw new IllegalArgumentException(
                    "rekindle.pulls.largest is %s; it needs at least 1MB".formatted(largest));
        if (!(mostRejected >= 0 && mostRejected <= 1))
            throw new IllegalArgumentException(
                    "rekindle.pulls.most-rejected is %s; it needs 0 to 1".formatted(mostRejected));
    }
}
