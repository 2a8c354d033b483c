package io.rekindle.deliver.links;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells machines from people. Security scanners follow every link of a mail before its recipient sees it, and privacy
 * proxies load its pictures for everybody: both are recorded, and count for nothing.
 */
final class Machines {
    /** No person receives, opens, reads and clicks within this. */
    static final Duration TOO_SOON = Duration.ofSeconds(5);

    private static final Pattern PROXIES = Pattern.compile(
            "googleimageproxy|yahoomailproxy|duckduckgo-?image|mail\\.ru image|qqmail-?proxy|via ggpht");
    private static final Pattern SCANNERS = Pattern.compile(
            "barracuda|proofpoint|mimecast|messagelabs|symantec|ironport|trendmicro|trend micro|fireeye|fortinet|fortimail"
                    + "|forcepoint|sophos|mailguard|safelinks|bingpreview|cloudmark|avanan|zscaler|urldefense|virustotal");
    private static final Pattern ROBOTS = Pattern.compile(
            "bot\\b|bot/|crawl|spider|headless|phantomjs|curl/|wget/|python|java/|java-http|okhttp|go-http|libwww|httpclient|node-fetch|axios|preview|monitor|scan");

    private Machines() {}

    /**
     * What is known of a request.
     *
     * @param purpose the value of a header by which a browser says that it only fetches ahead
     * @param sinceSent time since the mail was handed over; null where the clock says nothing about it
     */
    record Request(
            String method,
            @Nullable String userAgent,
            @Nullable String purpose,
            @Nullable Duration sinceSent) {}

    /** Why it is a machine; empty for a person. */
    static Optional<String> why(Request request) {
        if (request.method().equals("HEAD")) return Optional.of("head_request");
        var purpose = request.purpose();
        if (purpose != null && purpose.toLowerCase(Locale.ROOT).matches(".*(prefetch|preview|prerender).*"))
            return Optional.of("fetched_ahead");
        var agent =
                request.userAgent() == null ? "" : request.userAgent().strip().toLowerCase(Locale.ROOT);
        if (agent.isEmpty()) return Optional.of("no_user_agent");
        // Apple Mail's privacy protection gives this and no more.
        if (agent.equals("mozilla/5.0") || PROXIES.matcher(agent).find()) return Optional.of("privacy_proxy");
        if (SCANNERS.matcher(agent).find()) return Optional.of("scanner");
        if (ROBOTS.matcher(agent).find()) return Optional.of("robot");
        if (request.sinceSent() != null && request.sinceSent().compareTo(TOO_SOON) < 0) return Optional.of("too_soon");
        return Optional.empty();
    }
}
