package io.rekindle.deliver.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachinesTest {
    private static final String BROWSER =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

    @ParameterizedTest
    @ValueSource(
            strings = {
                BROWSER,
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Mozilla/5.0 (Linux; Android 14; V2243A) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50"
            })
    void aBrowserIsAPerson(String agent) {
        assertThat(Machines.why(request("GET", agent, null, Duration.ofHours(1))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mozilla/5.0 (compatible; Barracuda Sentinel; EE)|scanner",
                "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)|privacy_proxy",
                "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html|privacy_proxy",
                "Mozilla/5.0|privacy_proxy",
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)|robot",
                "curl/8.5.0|robot",
                "python-requests/2.32|robot",
                "Java-http-client/25|robot",
                "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0|robot"
            })
    void aMachineIsToldByWhatItCallsItself(String agent, String why) {
        assertThat(Machines.why(request("GET", agent, null, Duration.ofHours(1))))
                .contains(why);
    }

    @Test
    void whoOnlyAsksForTheHeadReadsNothing() {
        assertThat(Machines.why(request("HEAD", BROWSER, null, Duration.ofHours(1))))
                .contains("head_request");
    }

    @Test
    void whoDoesNotSayWhatItIsIsAMachine() {
        assertThat(Machines.why(request("GET", null, null, Duration.ofHours(1))))
                .contains("no_user_agent");
        assertThat(Machines.why(request("GET", " ", null, Duration.ofHours(1)))).contains("no_user_agent");
    }

    @Test
    void aPageFetchedAheadIsNotRead() {
        assertThat(Machines.why(request("GET", BROWSER, "prefetch;prerender", Duration.ofHours(1))))
                .contains("fetched_ahead");
    }

    @Test
    void nobodyReadsAMailInTheSecondItArrives() {
        assertThat(Machines.why(request("GET", BROWSER, null, Duration.ZERO))).contains("too_soon");
        assertThat(Machines.why(request("GET", BROWSER, null, Machines.TOO_SOON)))
                .isEmpty();
    }

    @Test
    void aClockThatSaysNothingIsNoEvidence() {
        assertThat(Machines.why(request("GET", BROWSER, null, null))).isEmpty();
    }

    private static Machines.Request request(
            String method, @Nullable String agent, @Nullable String purpose, @Nullable Duration since) {
        return new Machines.Request(method, agent, purpose, since);
    }
}
