package io.rekindle.platform;

import java.net.URI;
import java.net.URISyntaxException;

/** Addresses that settings name: those of other people's browsers. */
public final class WebAddress {
    private WebAddress() {}

    /** The address of a setting, which must be one of the web with a host; says which setting when it is not. */
    public static URI require(String setting, String address) {
        try {
            var uri = new URI(address);
            var isWeb = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (isWeb && uri.getHost() != null) return uri;
        } catch (URISyntaxException e) {
            // Said below, in the same words.
        }
        throw new IllegalArgumentException(
                "%s is '%s', which is no address such as https://example.com".formatted(setting, address));
    }
}
