package io.rekindle.platform;

import java.net.Inet6Address;
import java.net.InetAddress;
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
 * @param data the data folder: both embedded stores
 * @param zone the company's time zone: days, windows and quiet hours are counted in it
 * @param currency ISO 4217 code of all amounts
 * @param keyFile the file with the keys of personal data; default {@link #defaultKeyFile}
 * @param key 64 hexadecimal digits the key file is sealed with, so that the file alone opens nothing; for the environment,
 *     not for a file beside it
 * @param address the IP address of this machine the server listens on; {@code 0.0.0.0} or {@code ::} = all of them
 * @param publicUrl the address customers reach this server at: tracking and unsubscribe links begin with it; absent:
 *     this machine's own, with the port the server listens on
 * @param keyBefore the key the file was sealed with until now, when it is exchanged: the next start seals it with {@code key}
 * @param demo whether the business clock may be moved
 * @param clockStart the instant a demo's business clock is held at from the start
 * @param seed with {@code demo}: seed of every random draw; absent: drawn anew at each start
 */
@ConfigurationProperties("rekindle")
public record PlatformSettings(
        @DefaultValue("rekindle-data") Path data,
        @DefaultValue("UTC") ZoneId zone,
        @DefaultValue("EUR") String currency,
        @Nullable Path keyFile,
        @Nullable String key,
        @Nullable String keyBefore,
        @DefaultValue("127.0.0.1") String address,
        @DefaultValue("http://127.0.0.1:8080") String publicUrl,
        @DefaultValue("false") boolean demo,
        @Nullable Instant clockStart,
        @Nullable Long seed) {
    public PlatformSettings {
        if (Currency.getAvailableCurrencies().stream()
                .noneMatch(c -> c.getCurrencyCode().equals(currency)))
            throw new IllegalArgumentException(
                    "rekindle.currency is '%s', which is no ISO 4217 code such as EUR".formatted(currency));
        if (key != null && !key.matches("[0-9a-fA-F]{64}"))
            throw new IllegalArgumentException("rekindle.key must be 64 hexadecimal digits");
        if (keyBefore != null && !keyBefore.matches("[0-9a-fA-F]{64}"))
            throw new IllegalArgumentException("rekindle.key-before must be 64 hexadecimal digits");
        if (keyBefore != null && key == null)
            throw new IllegalArgumentException(
                    "rekindle.key-before is set without rekindle.key: say which key takes its place");
        try {
            InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "rekindle.address is '%s', which is no IP address such as 127.0.0.1 or 0.0.0.0".formatted(address),
                    e);
        }
        WebAddress.require("rekindle.public-url", publicUrl);
        // A start with the same seed draws the same salts: the same customers would be held out again and again.
        if (seed != null && !demo)
            throw new IllegalArgumentException(
                    "rekindle.seed makes each start draw the same hold-outs; it is for demonstrations (rekindle.demo) only");
    }

    /** Where files are while they arrive and until they are imported; emptied when the server starts and stops. */
    public Path uploads() {
        return data.resolve("uploads");
    }

    /** Whether the key file stands in the folder it should stand apart from. */
    public boolean keyFileIsWithData() {
        return keyFilePath()
                .toAbsolutePath()
                .normalize()
                .startsWith(data.toAbsolutePath().normalize());
    }

    /** The host part of a URL by which a program on this machine reaches the server. */
    public String localHost() {
        var listening = InetAddress.ofLiteral(address);
        if (listening.isAnyLocalAddress()) return "127.0.0.1";
        return listening instanceof Inet6Address ? "[" + listening.getHostAddress() + "]" : listening.getHostAddress();
    }

    /** Whether the public address leads nowhere from another machine. */
    public boolean isPublicUrlLocal() {
        var host = WebAddress.require("rekindle.public-url", publicUrl).getHost();
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }

    /** The key file's place: as set, else the default one of the data folder. */
    public Path keyFilePath() {
        return keyFile == null ? defaultKeyFile(data) : keyFile;
    }

    /**
     * Where the key file of a data folder is when no setting says so: where there is one; else, for a new one, beside the
     * folder ({@code <data>.keys/rekindle.key}), unless that could be lost before the folder is (docs/adr/0010).
     */
    public static Path defaultKeyFile(Path data) {
        return KeyFile.defaultFor(data);
    }
}
