package io.rekindle.export.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.export.Webhook;
import io.rekindle.export.Webhooks;
import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A webhook that is switched off does not fill the database. */
@RekindleTest
class WaitingDeliveriesTest {
    /** As {@link RekindleTest} sets it. */
    private static final int MOST = 400;

    private final int port;
    private final Webhooks webhooks;
    private final WebhookSender sender;
    private final JdbcClient jdbc;
    private final TimeTravel travel;
    private final String mark = UUID.randomUUID().toString();

    WaitingDeliveriesTest(
            @LocalServerPort int port,
            @Autowired Webhooks webhooks,
            @Autowired WebhookSender sender,
            @Autowired JdbcClient jdbc,
            @Autowired TimeTravel travel) {
        this.port = port;
        this.webhooks = webhooks;
        this.sender = sender;
        this.jdbc = jdbc;
        this.travel = travel;
    }

    @AfterEach
    void nobodyIsToldAnyMore() {
        jdbc.sql("delete from webhooks").update();
    }

    @Test
    void whatWaitsTooLongIsGivenUpAndCanBeSentAgainForAsLong() throws Exception {
        long id = switchedOff();
        track(3);
        assertThat(webhooks.get(id).waiting()).isEqualTo(3);
        jdbc.sql("update webhook_deliveries set made_at = made_at - interval '15 days' where webhook_id = :id and seq <"
                        + " (select max(seq) from webhook_deliveries where webhook_id = :id)")
                .param("id", id)
                .update();
        sender.giveUp();
        assertThat(webhooks.get(id).waiting()).isEqualTo(1);
        assertThat(webhooks.get(id).dead()).isEqualTo(2);
        var given = webhooks.deliveries(id, Webhook.DeliveryState.DEAD, Long.MAX_VALUE, 10)
                .items();
        assertThat(given).hasSize(2).allSatisfy(one -> {
            assertThat(one.failure()).isEqualTo("waited_too_long");
            assertThat(one.endedAt()).isNotNull();
        });

        assertThat(webhooks.replay(id, null, Webhook.DeliveryState.DEAD)).isEqualTo(2);
        sender.giveUp();
        assertThat(webhooks.get(id).waiting()).isEqualTo(3);
    }

    @Test
    void beyondTheMostThatMayWaitEventsAreLeftOutAndCounted() throws Exception {
        long id = switchedOff();
        track(MOST - 10);
        assertThat(webhooks.get(id).leftOut()).isZero();
        assertThat(webhooks.get(id).leftOutAt()).isNull();
        track(30);
        assertThat(webhooks.get(id).waiting()).isEqualTo(MOST);
        assertThat(webhooks.get(id).leftOut()).isEqualTo(20);
        assertThat(webhooks.get(id).leftOutAt()).isNotNull();

        jdbc.sql("delete from webhook_deliveries where webhook_id = :id")
                .param("id", id)
                .update();
        track(5);
        assertThat(webhooks.get(id).waiting()).as("there is room again").isEqualTo(5);
        assertThat(webhooks.get(id).leftOut()).isEqualTo(20);
    }

    private long switchedOff() {
        return webhooks.create(
                        new Webhook.Draft("off-" + mark, "http://127.0.0.1:9/", List.of("Off " + mark), false, false))
                .webhook()
                .id();
    }

    private void track(int times) throws Exception {
        var items = IntStream.range(0, times)
                .mapToObj(i -> "{\"type\":\"track\",\"userId\":\"u-%1$s\",\"event\":\"Off %1$s\"}".formatted(mark))
                .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                                .header("X-Write-Key", RekindleTest.WRITE_KEY)
                                .POST(HttpRequest.BodyPublishers.ofString(items))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        travel.awaitQuiet();
    }
}
