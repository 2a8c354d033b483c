package io.rekindle.app.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@RekindleTest
class ConsoleFilesTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    ConsoleFilesTest(@LocalServerPort int port) {
        this.port = port;
    }

    @Test
    void whoAsksForAPageByItsPathIsSentBehindTheHash() throws Exception {
        assertThat(sentTo("/campaigns/3")).isEqualTo("/#/campaigns/3");
        assertThat(sentTo("/customers?stage=lapsing")).isEqualTo("/#/customers?stage=lapsing");
        assertThat(sentTo("//elsewhere/page")).doesNotStartWith("//");
    }

    @Test
    void filesAndTheServersOwnAddressesAreNoPages() throws Exception {
        assertThat(get("/assets/none.js").statusCode()).isEqualTo(404);
        assertThat(get("/campaigns/assets/none.js").statusCode()).isEqualTo(404);
        assertThat(get("/api/campaigns").statusCode()).isEqualTo(401);
        assertThat(get("/t/none").statusCode()).isGreaterThanOrEqualTo(400);
    }

    private String sentTo(String path) throws Exception {
        var answer = get(path);
        return answer.headers()
                .firstValue("Location")
                .map(location -> location.replace("http://127.0.0.1:" + port, ""))
                .orElse("");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
