package io.rekindle.deliver.links;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Vault;
import io.rekindle.testing.TestPostgres;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

class LinksTest {
    private static final HikariDataSource POOL = pool();

    private final JdbcClient jdbc = JdbcClient.create(POOL);
    private final Tokens tokens = new Tokens(new Vault(new byte[32]));
    private final Links links = new Links(
            jdbc,
            new Vault(new byte[32]),
            tokens,
            new PlatformSettings(
                    Path.of("unused"),
                    ZoneOffset.UTC,
                    "EUR",
                    null,
                    null,
                    null,
                    "127.0.0.1",
                    "https://mail.shop.example/",
                    false,
                    null,
                    null));

    private static HikariDataSource pool() {
        var place = TestPostgres.newDatabase();
        var config = new HikariConfig();
        config.setJdbcUrl(place.url());
        if (!place.user().isEmpty()) {
            config.setUsername(place.user());
            config.setPassword(place.password());
        }
        config.setMaximumPoolSize(2);
        var pool = new HikariDataSource(config);
        Flyway.configure(LinksTest.class.getClassLoader())
                .dataSource(pool)
                .locations("classpath:db/migration/deliver")
                .load()
                .migrate();
        return pool;
    }

    @AfterAll
    static void close() {
        POOL.close();
    }

    @Test
    void aLinkLeadsBackToWhereTheMailPointed() {
        var link = tracked("<a href=\"https://shop.example/a?b=1&amp;c=2\">x</a>", 1, 11)
                .getFirst();
        assertThat(link).startsWith("https://mail.shop.example/t/c/");
        var click = tokens.readClick(link.substring(link.lastIndexOf('/') + 1)).orElseThrow();
        assertThat(click.messageId()).isEqualTo(11);
        assertThat(links.target(click.linkId(), 1)).contains("https://shop.example/a?b=1&c=2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://商店.example/商品?颜色=红#部分|https://xn--czrs0t.example/%E5%95%86%E5%93%81?%E9%A2%9C%E8%89%B2=%E7%BA%A2#%E9%83%A8%E5%88%86",
                "https://Bücher.example:8443/größe/a b|https://xn--bcher-kva.example:8443/gr%C3%B6%C3%9Fe/a%20b",
                "http://ann@shop.example/100%|http://ann@shop.example/100%25",
                "https://shop.example/%E5%95%86?q=%2F&x[]=1|https://shop.example/%E5%95%86?q=%2F&x[]=1",
                "HTTPS://shop.example/{id}?a=<b>|HTTPS://shop.example/%7Bid%7D?a=%3Cb%3E",
                "http://[::1]:8080/ü|http://[::1]:8080/%C3%BC",
                "https://shop.example/😀|https://shop.example/%F0%9F%98%80"
            })
    void aLinkThatIsNotPlainAsciiIsTrackedAndLeadsWhereABrowserWouldGo(String written, String leadsTo) {
        var link = tracked("<a href=\"%s\">x</a>".formatted(written.replace("&", "&amp;")), 9, 91)
                .getFirst();
        assertThat(link).startsWith("https://mail.shop.example/t/c/");
        var click = tokens.readClick(link.substring(link.lastIndexOf('/') + 1)).orElseThrow();
        assertThat(links.target(click.linkId(), 9)).contains(leadsTo);
        assertThat(java.net.URI.create(leadsTo).toASCIIString()).isEqualTo(leadsTo);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Look: https://shop.example/a?b=1&c=2.|Look: @.|https://shop.example/a?b=1&c=2",
                "(https://shop.example/a)|(@)|https://shop.example/a",
                "新品https://shop.example/a，退订回T|新品@，退订回T|https://shop.example/a",
                "https://shop.example/a退订回T|@退订回T|https://shop.example/a",
                "https://shop.example/$1/x|@|https://shop.example/$1/x"
            })
    void theLinksOfATextAreFollowedToo(String text, String around, String leadsTo) {
        var followed = links.trackText(text, 10, 101);
        var link = followed.replaceFirst(".*?(https://mail\\.shop\\.example/t/c/[A-Za-z0-9_-]+).*", "$1");
        assertThat(followed.replace(link, "@")).isEqualTo(around);
        var click = tokens.readClick(link.substring(link.lastIndexOf('/') + 1)).orElseThrow();
        assertThat(click.messageId()).isEqualTo(101);
        assertThat(links.target(click.linkId(), 10)).contains(leadsTo);
    }

    @Test
    void ofATextOurOwnLinksAndWhatIsNoAddressStayAsTheyAre() {
        var text =
                "mail.shop.example, https://mail.shop.example/u/abc https://mail.shop.example/p/abc https:// ftp://x/y";
        assertThat(links.trackText(text, 11, 111)).isEqualTo(text);
    }

    @Test
    void aLinkOfOneRunIsNoneOfAnother() {
        var link = tracked("<a href=\"https://shop.example/two\">x</a>", 2, 21).getFirst();
        var click = tokens.readClick(link.substring(link.lastIndexOf('/') + 1)).orElseThrow();
        assertThat(links.target(click.linkId(), 3)).isEmpty();
    }

    @Test
    void theSameAddressIsStoredOnceForARunHoweverManyMessagesPointThere() {
        for (int message = 0; message < 50; message++)
            tracked(
                    "<a href=\"https://shop.example/same\">x</a><a href=\"https://shop.example/same\">y</a>",
                    4,
                    message);
        assertThat(jdbc.sql("select count(*) from message_links where run_id = 4")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void addressesAreNotReadableWhereTheyAreKept() {
        tracked("<a href=\"https://shop.example/?mail=alice@example.com\">x</a>", 5, 51);
        var kept = jdbc.sql("select encode(url, 'escape') from message_links where run_id = 5")
                .query(String.class)
                .single();
        assertThat(kept).doesNotContain("alice").doesNotContain("shop.example");
    }

    @Test
    void whatIsNoWebAddressStaysAsItIs() {
        var html = "<a href=\"mailto:a@example.com\">1</a><a href=\"tel:+4930\">2</a><a href=\"#top\">3</a>"
                + "<a href=\"javascript:alert(1)\">4</a><a href=\"http://bad address\">5</a><a>6</a>"
                + "<a href=\"https://straße.example/\">7</a><a href=\"https://shop.example\\\\x\">8</a>";
        assertThat(tracked(html, 6, 61))
                .containsExactly(
                        "mailto:a@example.com",
                        "tel:+4930",
                        "#top",
                        "javascript:alert(1)",
                        "http://bad address",
                        "https://straße.example/",
                        "https://shop.example\\\\x");
    }

    @Test
    void theUnsubscribeLinkIsNotCountedAsAClick() {
        var unsubscribe = links.unsubscribeUrl(71);
        assertThat(tracked("<a href=\"%s\">leave</a>".formatted(unsubscribe), 7, 71))
                .containsExactly(unsubscribe);
    }

    @Test
    void everyMailHasOnePixelOfItsOwn() {
        var page = Jsoup.parse(links.track("<p>Grüße 你好</p>", 8, 81));
        var pixel = page.select("img").attr("src");
        assertThat(page.select("img")).hasSize(1);
        assertThat(pixel).startsWith("https://mail.shop.example/t/o/").endsWith(".gif");
        assertThat(tokens.readOpen(pixel.substring(pixel.lastIndexOf('/') + 1, pixel.length() - 4)))
                .contains(81L);
        assertThat(page.text()).isEqualTo("Grüße 你好");
    }

    private List<String> tracked(String html, long run, long message) {
        return Jsoup.parse(links.track(html, run, message)).select("a[href]").eachAttr("href");
    }
}
