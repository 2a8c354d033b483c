package io.rekindle.platform;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Currency;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where this installation lives and how it counts days and money.
 *
 * @param data the data folder: both embedded stores and the key file's default place
 * @param zone the company's time zone: days, windows and quiet hours are counted in it
 * @param currency ISO 4217 code of all amounts
 * @param keyFile the file with the keys of personal data; default {@code keys/rekindle.key} under the data folder
 * @param publicUrl the address customers reach this server at: tracking and unsubscribe links begin with it; absent:
 *     this machine's own, with the port the server listens on
 * @param demo whether the business clock may be moved
 * @param clockStart the instant a demo's business clock is held at from the start
 * @param seed seed of every random draw; a fresh one is drawn at first start when absent
 */
@ConfigurationProperties("rekindle")
public record PlatformSettings(
        @DefaultValue("rekindle-data") Path data,
        @DefaultValue("UTC") ZoneId zone,
        @DefaultValue("EUR") String currency,
        @Nullable Path keyFile,
        @DefaultValue("http://127.0.0.1:8080") String publicUrl,
        @DefaultValue("false") boolean demo,
        @Nullable Instant clockStart,
        @Nullable Long seed) {
    public PlatformSettings {
        if (Currency.getAvailableCurrencies().stream()
                .noneMatch(c -> c.getCurrencyCode().equals(currency)))
            throw new IllegalArgumentException(
                    "rekindle.currency is '%s', which is no ISO 4217 code such as EUR".formatted(currency));
        WebAddress.require("rekindle.public-url", publicUrl);
    }

    /** Whether the key file stands in the folder it should stand apart from. */
    public boolean keyFileIsWithData() {
        return keyFilePath()
                .toAbsolutePath()
                .normalize()
                .startsWith(data.toAbsolutePath().normalize());
    }

    /** Whether the public address leads nowhere from another machine. */
    public boolean isPublicUrlLocal() {
        var host = WebAddress.require("rekindle.public-url", publicUrl).getHost();
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }

    /** The key file's place: as set, else under the data folder but outside both stores. */
    public Path keyFilePath() {
        return keyFile == null ? data.resolve("keys").resolve("rekindle.key") : keyFile;
    }
}
