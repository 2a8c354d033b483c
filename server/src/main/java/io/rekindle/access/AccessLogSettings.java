package io.rekindle.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How people are looked at.
 *
 * @param reasonRequired whether personal data is shown in clear only to who says why, in the header {@code X-Access-Reason}
 */
@ConfigurationProperties("rekindle.access")
public record AccessLogSettings(@DefaultValue("false") boolean reasonRequired) {}
