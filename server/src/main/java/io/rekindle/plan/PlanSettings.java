package io.rekindle.plan;

import io.rekindle.platform.WebAddress;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How campaigns are planned here.
 *
 * @param fourEyes whether a campaign must be approved by somebody who did not make, change or submit it, and with a
 *     role nobody who did had; off by default, because a first installation has one user
 * @param shopUrl the address of the shop: the value of {@code shop_url} in templates
 * @param grace how long after an objective's deadline its value at the deadline is recorded: orders placed by then and
 *     reported later than that do not count any more
 */
@ConfigurationProperties("rekindle.plan")
public record PlanSettings(
        @DefaultValue("false") boolean fourEyes,
        @DefaultValue("http://127.0.0.1:8080/") String shopUrl,
        @DefaultValue("24h") Duration grace) {
    public PlanSettings {
        if (grace.isNegative())
            throw new IllegalArgumentException("rekindle.plan.grace: %s; it is not negative".formatted(grace));
        WebAddress.require("rekindle.plan.shop-url", shopUrl);
    }
}
