package io.rekindle.rights;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The exchange of keys.
 *
 * @param grace how long the old keys are kept at least: what was sealed with them and not yet stored has come to rest by then
 */
@ConfigurationProperties("rekindle.key-rotation")
public record RotationSettings(@DefaultValue("10m") Duration grace) {}
