package io.rekindle.deliver.smtp;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where mail that comes back is taken in. Each mail gets a return address of its own within the domain, so that whatever is
 * sent there is known to be about that mail.
 *
 * @param domain its mail must be brought to the port, by a mail server of yours or by its MX record; absent: mail comes back
 *     to the sender
 * @param port where it is taken in by SMTP
 * @param bind the address to listen on
 */
@ConfigurationProperties("rekindle.returns")
public record ReturnSettings(
        @Nullable String domain,
        @Nullable Integer port,
        @DefaultValue("127.0.0.1") String bind) {
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,180}[A-Za-z0-9])?");

    /** Nothing is taken in. */
    public static final ReturnSettings NONE = new ReturnSettings(null, null, "127.0.0.1");

    public ReturnSettings {
        if (domain != null && !DOMAIN.matcher(domain).matches())
            throw new IllegalArgumentException(
                    "rekindle.returns.domain is '%s', which is no name of the DNS".formatted(domain));
        if (port != null && (port < 0 || port > 65535))
            throw new IllegalArgumentException(
                    "rekindle.returns.port is %d; it is between 0 and 65535, 0 for any".formatted(port));
        if ((domain == null) != (port == null))
            throw new IllegalArgumentException(
                    "mail that comes back is taken in when rekindle.returns.domain and rekindle.returns.port are both set");
    }
}
