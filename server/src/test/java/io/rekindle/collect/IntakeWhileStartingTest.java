package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/** The port is open a moment before the first write key is made. */
@RekindleTest
@Import(IntakeWhileStartingTest.Hasty.class)
class IntakeWhileStartingTest {
    @Autowired
    Hasty hasty;

    /** Sends as soon as anything listens, which start-up waits for. */
    @TestConfiguration
    static class Hasty {
        final List<HttpResponse<String>> answers = new ArrayList<>();
        int port;

        @EventListener
        void opened(WebServerInitializedEvent event) throws IOException, InterruptedException {
            port = event.getWebServer().getPort();
            answers.add(send(port));
        }
    }

    @Test
    void aKeyThatIsNotMadeYetIsToBeSentAgainAndIsNotUnknown() throws Exception {
        assertThat(hasty.answers).singleElement().satisfies(early -> {
            assertThat(early.statusCode()).as(early.body()).isEqualTo(503);
            assertThat(early.headers().firstValue("Retry-After")).isPresent();
            assertThat(early.body()).contains("starting");
        });
        assertThat(send(hasty.port).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> send(int port) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/track".formatted(port)))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"userId\":\"early\",\"event\":\"Looked\",\"messageId\":\"early-1\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
