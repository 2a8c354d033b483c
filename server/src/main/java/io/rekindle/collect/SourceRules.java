package io.rekindle.collect;

import io.rekindle.platform.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a source may send, from where and how fast.
 *
 * @param allowedTypes codes of {@link EventType}; empty: all. Items of others are rejected with {@code type_not_allowed}
 * @param allowedOrigins origins of pages, such as {@code https://shop.example} or {@code https://*.shop.example}; empty:
 *     all. A browser's call from another is answered 403; calls of servers, which have no origin, are taken
 * @param eventsPerSecond how many items a second, averaged; null: no limit. What is beyond is answered 429. A burst of
 *     as many, and at least of one whole batch (2,500 items), passes at once
 */
public record SourceRules(
        List<String> allowedTypes,
        List<String> allowedOrigins,
        @Nullable Integer eventsPerSecond) {
    public static final SourceRules NONE = new SourceRules(List.of(), List.of(), null);
    private static final int HIGHEST_RATE = 1_000_000;
    private static final int MOST_ORIGINS = 100;
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9.\\-]+|\\[[0-9a-f:.]+]");

    public SourceRules {
        allowedTypes = List.copyOf(allowedTypes);
        allowedOrigins = allowedOrigins.stream()
                .map(origin -> origin.strip().toLowerCase(Locale.ROOT).replaceAll("/$", ""))
                .toList();
        var codes = Arrays.stream(EventType.values()).map(EventType::code).toList();
        for (var type : allowedTypes) Problem.requireOneOf("allowedTypes", type, codes);
        if (allowedOrigins.size() > MOST_ORIGINS)
            throw Problem.invalid("too_many_origins", "a source allows at most {most} origins")
                    .with("most", MOST_ORIGINS);
        for (var origin : allowedOrigins)
            if (!isOrigin(origin))
                throw Problem.invalid(
                                "origin_invalid",
                                "'{origin}' is no origin of a page, such as https://shop.example or https://*.shop.example")
                        .with("origin", origin);
        if (eventsPerSecond != null && (eventsPerSecond < 1 || eventsPerSecond > HIGHEST_RATE))
            throw Problem.invalid("rate_invalid", "the limit must be 1 to {most} items a second")
                    .with("most", HIGHEST_RATE);
    }

    private static boolean isOrigin(String origin) {
        int host = origin.indexOf("://") + 3;
        if (host < 3 || !List.of("http", "https").contains(origin.substring(0, host - 3))) return false;
        try {
            var parsed = new URI(origin.replace("://*.", "://any."));
            return parsed.getHost() != null
                    && HOST.matcher(origin.substring(host).replaceAll(":\\d+$", ""))
                            .matches()
                    && (parsed.getRawPath() == null || parsed.getRawPath().isEmpty())
                    && parsed.getRawQuery() == null
                    && parsed.getRawFragment() == null
                    && parsed.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether items of this type are taken. */
    public boolean allows(EventType type) {
        return allowedTypes.isEmpty() || allowedTypes.contains(type.code());
    }

    /** Whether a browser may send from a page of this origin. */
    public boolean allowsOrigin(String given) {
        if (allowedOrigins.isEmpty()) return true;
        var origin = given.toLowerCase(Locale.ROOT);
        for (var allowed : allowedOrigins) {
            if (allowed.equals(origin)) return true;
            int wildcard = allowed.indexOf("://*.");
            if (wildcard >= 0
                    && origin.startsWith(allowed.substring(0, wildcard + 3))
                    && origin.length() > allowed.length() - 1
                    && origin.endsWith(allowed.substring(wildcard + 4))) return true;
        }
        return false;
    }
}
