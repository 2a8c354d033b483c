package io.rekindle.deliver.links;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address of the web as it can stand in a Location header: the host in its ASCII form, everything else that is not
 * ASCII percent-encoded as UTF-8, as browsers do. An address that is ASCII already stays as it is.
 */
final class WebAddress {
    private static final Pattern PARTS = Pattern.compile("(?i)(https?)://([^/?#]*)([^?#]*)(\\?[^#]*)?(#.*)?");
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:([^@]*)@)?(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]@]+)(:[0-9]*)?");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    /** Java maps these as the standard of 2003 does, browsers as that of 2008: they lead to different hosts. */
    private static final Pattern MAPPED_OTHERWISE = Pattern.compile("[\u00df\u03c2\u200c\u200d\u1e9e]");

    private WebAddress() {}

    /** The address in that form; empty when it is none of the web, or one that browsers would read in their own way. */
    static Optional<String> of(String url) {
        var parts = PARTS.matcher(url);
        if (hasOdd(url) || !parts.matches()) return Optional.empty();
        var authority = AUTHORITY.matcher(parts.group(2));
        if (!authority.matches()) return Optional.empty();
        var host = host(authority.group(2));
        if (host.isEmpty()) return Optional.empty();
        var address = parts.group(1)
                + "://"
                + (authority.group(1) == null ? "" : encoded(authority.group(1), ":") + "@")
                + host.get()
                + orEmpty(authority.group(3))
                + encoded(orEmpty(parts.group(3)), "/:@")
                + encoded(orEmpty(parts.group(4)), "/:@?[]")
                + encoded(orEmpty(parts.group(5)), "/:@?#");
        try {
            return Optional.of(new URI(address).toString());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean hasOdd(String url) {
        return url.codePoints()
                .anyMatch(c -> Character.isISOControl(c) || c == '\\' || Character.getType(c) == Character.SURROGATE);
    }

    private static Optional<String> host(String host) {
        if (host.startsWith("[")) return Optional.of(host);
        if (MAPPED_OTHERWISE.matcher(host).find()) return Optional.empty();
        if (host.chars().allMatch(c -> c < 128))
            return host.matches("[A-Za-z0-9._-]+") ? Optional.of(host) : Optional.empty();
        try {
            return Optional.of(IDN.toASCII(host, IDN.USE_STD3_ASCII_RULES));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @param also what may stand here beside letters, digits and the marks that may stand everywhere */
    private static String encoded(String text, String also) {
        var out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            boolean plain = c < 128
                    && (Character.isLetterOrDigit(c) || "-._~!$&'()*+,;=%".indexOf(c) >= 0 || also.indexOf(c) >= 0);
            if (plain) out.appendCodePoint(c);
            else
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8))
                    out.append('%').append(HEX.toHexDigits(b));
        });
        // A percent sign that encodes nothing stands for itself.
        return out.toString().replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
    }

    private static String orEmpty(@org.jspecify.annotations.Nullable String part) {
        return part == null ? "" : part;
    }
}
