package io.rekindle.deliver.links;

import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Turns the links of a mail into personal tracking links, and back. The address behind a link is stored when the mail
 * is made and looked up by a signed number, so nobody can make this server point elsewhere.
 */
@Component
public class Links {
    private static final String CONTEXT = "message-link";
    private static final int REMEMBERED = 10_000;
    /** Up to a blank, a sign of another script, or one no address ends with. */
    private static final Pattern WEB_ADDRESS =
            Pattern.compile("https?://[\\x21-\\x7e&&[^<>\"']]*[\\x21-\\x7e&&[^<>\"'.,;:!?)\\]]]");

    private final JdbcClient jdbc;
    private final Vault vault;
    private final Tokens tokens;
    private final String publicUrl;
    private final Map<Key, Long> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > REMEMBERED;
        }
    });

    private record Key(long runId, long urlHash) {}

    public Links(JdbcClient jdbc, Vault vault, Tokens tokens, PlatformSettings settings) {
        this.jdbc = jdbc;
        this.vault = vault;
        this.tokens = tokens;
        this.publicUrl = settings.publicUrl().replaceAll("/+$", "");
    }

    /** The address a person can unsubscribe at, for the mail's header and its text. */
    public String unsubscribeUrl(long messageId) {
        return publicUrl + "/u/" + tokens.unsubscribe(messageId);
    }

    /** The HTML with tracking links and the pixel. Stores the addresses it has not seen in this run, durably. */
    public String track(String html, long runId, long messageId) {
        var page = Jsoup.parse(html);
        page.outputSettings().prettyPrint(false);
        for (var link : page.select("a[href], area[href]")) {
            var url = link.attr("href").strip();
            if (isOurs(url)) continue;
            WebAddress.of(url)
                    .ifPresent(address ->
                            link.attr("href", publicUrl + "/t/c/" + tokens.click(messageId, linkId(runId, address))));
        }
        page.body().appendChild(pixel(messageId));
        return page.outerHtml();
    }

    /** The text with tracking links where it has web addresses. */
    public String trackText(String text, long runId, long messageId) {
        return WEB_ADDRESS.matcher(text).replaceAll(found -> {
            var url = found.group();
            return Matcher.quoteReplacement(
                    isOurs(url)
                            ? url
                            : WebAddress.of(url)
                                    .map(address ->
                                            publicUrl + "/t/c/" + tokens.click(messageId, linkId(runId, address)))
                                    .orElse(url));
        });
    }

    private boolean isOurs(String url) {
        return url.startsWith(publicUrl + "/u/") || url.startsWith(publicUrl + "/p/");
    }

    /** Where a link of a message leads; empty when that run has no such link. */
    public Optional<String> target(long linkId, long runId) {
        return jdbc.sql("select url from message_links where link_id = :link and run_id = :run")
                .param("link", linkId)
                .param("run", runId)
                .query((r, n) -> new String(vault.open(CONTEXT, r.getBytes("url")), StandardCharsets.UTF_8))
                .optional();
    }

    private Element pixel(long messageId) {
        return new Element("img")
                .attr("src", publicUrl + "/t/o/" + tokens.open(messageId) + ".gif")
                .attr("width", "1")
                .attr("height", "1")
                .attr("alt", "");
    }

    private long linkId(long runId, String url) {
        var key = new Key(runId, vault.keyedHash("link", url));
        var remembered = known.get(key);
        if (remembered != null) return remembered;
        jdbc.sql("""
                        insert into message_links (run_id, url_hash, url) values (:run, :hash, :url)
                        on conflict (run_id, url_hash) do nothing
                        """)
                .param("run", runId)
                .param("hash", key.urlHash())
                .param("url", vault.seal(CONTEXT, url.getBytes(StandardCharsets.UTF_8)))
                .update();
        long id = jdbc.sql("select link_id from message_links where run_id = :run and url_hash = :hash")
                .param("run", runId)
                .param("hash", key.urlHash())
                .query(Long.class)
                .single();
        known.put(key, id);
        return id;
    }
}
