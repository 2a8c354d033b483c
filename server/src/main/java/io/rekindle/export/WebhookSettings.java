package io.rekindle.export;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How webhooks are sent.
 *
 * @param retries how long after each failed attempt the next one comes; after the last the delivery is dead
 * @param keep how long ended deliveries can be looked at and sent again
 * @param waits how long a delivery waits, for a webhook that is switched off or does not answer; then it is dead
 * @param mostUndelivered how many of one webhook may wait or be dead; events beyond are not written down for it, and counted
 * @param countEvery how long after a webhook was found full its deliveries are counted again
 */
@ConfigurationProperties("rekindle.webhooks")
public record WebhookSettings(
        @DefaultValue({"5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"})
        List<Duration> retries,

        @DefaultValue("30d") Duration keep,
        @DefaultValue("14d") Duration waits,
        @DefaultValue("1000000") int mostUndelivered,
        @DefaultValue("1s") Duration countEvery) {
    public WebhookSettings {
        retries = List.copyOf(retries);
        if (retries.stream().anyMatch(Duration::isNegative))
            throw new IllegalArgumentException("rekindle.webhooks.retries has a negative time");
        if (keep.compareTo(Duration.ofDays(1)) < 0)
            throw new IllegalArgumentException("rekindle.webhooks.keep is %s; it needs at least a day".formatted(keep));
        if (waits.compareTo(Duration.ofHours(1)) < 0)
            throw new IllegalArgumentException(
                    "rekindle.webhooks.waits is %s; it needs at least an hour".formatted(waits));
        if (mostUndelivered < 1)
            throw new IllegalArgumentException(
                    "rekindle.webhooks.most-undelivered is %d; it needs at least 1".formatted(mostUndelivered));
        if (countEvery.isNegative())
            throw new IllegalArgumentException(
                    "rekindle.webhooks.count-every is %s; it cannot be negative".formatted(countEvery));
    }
}
