package io.rekindle.collect.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.collect.quality.Market.Fault;
import io.rekindle.platform.BusinessClock;
import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Days that were received, measured by the statements and held against sums made event by event. */
@RekindleTest
class QualityOverHttpTest {
    private static final int WEEKS = 3;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String mark = UUID.randomUUID().toString();
    private final int port;
    private final CommitLog log;
    private final Identifiers identifiers;
    private final Quality quality;
    private final QualityStore store;
    private final BusinessClock clock;
    private final JdbcClient jdbc;

    QualityOverHttpTest(
            @LocalServerPort int port,
            @Autowired CommitLog log,
            @Autowired Identifiers identifiers,
            @Autowired Quality quality,
            @Autowired QualityStore store,
            @Autowired BusinessClock clock,
            @Autowired JdbcClient jdbc) {
        this.port = port;
        this.log = log;
        this.identifiers = identifiers;
        this.quality = quality;
        this.store = store;
        this.clock = clock;
        this.jdbc = jdbc;
    }

    @Test
    void whatIsMeasuredIsWhatTheEventsAddUpToAndAFaultIsToldUntilItEnds() throws Exception {
        int source = json(api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(mark)))
                .at("/source/id")
                .intValue();
        var first = clock.today().minusDays(7 * WEEKS + 4);
        var market = new Market(11, 300);
        var expected = new TreeMap<LocalDate, SourceDay>();
        for (int i = 0; i < 7 * WEEKS + 4; i++) {
            var fault = i == 7 * WEEKS || i == 7 * WEEKS + 1 ? Fault.NO_CURRENCY : Fault.NONE;
            var day = market.day(first.plusDays(i), i / 7, fault);
            take(source, day);
            expected.put(day.day(), ByHand.sum(day));
        }
        var webhook = json(api("POST", "/api/webhooks", """
                {"name":"watch-%s","url":"https://watch.example/x","active":false,"events":["quality.alert.opened","quality.alert.ended"]}
                """.formatted(mark)))
                .at("/webhook/id")
                .longValue();
        for (int i = 0; i < 7 * WEEKS + 1; i++) quality.measure(first.plusDays(i));

        var measured = store.days(source, first, clock.today());
        assertThat(measured).hasSize(7 * WEEKS + 1);
        for (var day : measured) {
            var hand = expected.get(day.day());
            assertThat(hand).isNotNull();
            assertThat(day.events()).isEqualTo(hand.events());
            assertThat(day.late()).isEqualTo(hand.late());
            assertThat(day.rejected()).isZero();
            assertThat(day.duplicates()).as("the one that came again").isEqualTo(1);
            hand.fields()
                    .forEach((field, sum) -> assertThat(day.fields().get(field))
                            .as("%s of %s", field, day.day())
                            .isEqualTo(sum));
            assertThat(day.fields().values().stream().filter(f -> f.filled() > 0))
                    .hasSameSizeAs(hand.fields().values().stream()
                            .filter(f -> f.filled() > 0)
                            .toList());
        }

        var alert =
                json(api("GET", "/api/quality/alerts?sourceId=" + source, "")).path("items");
        assertThat(alert).hasSize(1);
        assertThat(alert.get(0).path("rule").asString()).isEqualTo("missing");
        assertThat(alert.get(0).path("barrier").asString()).isEqualTo("not_available");
        assertThat(alert.get(0).path("field").asString()).isEqualTo("properties.currency");
        assertThat(alert.get(0).path("usual").asDouble()).isEqualTo(1);
        assertThat(alert.get(0).path("found").asDouble()).isBetween(0.2, 0.8);

        for (int i = 7 * WEEKS; i < 7 * WEEKS + 2; i++) quality.measure(first.plusDays(i));
        alert = json(api("GET", "/api/quality/alerts?sourceId=" + source, "")).path("items");
        assertThat(alert).as("still the same one, measured again or not").hasSize(1);
        assertThat(alert.get(0).path("lastDay").asString())
                .isEqualTo(first.plusDays(7 * WEEKS + 1).toString());
        quality.measure(first.plusDays(7 * WEEKS + 2));
        assertThat(json(api("GET", "/api/quality/alerts?sourceId=" + source, ""))
                        .path("items"))
                .isEmpty();
        var all = json(api("GET", "/api/quality/alerts?open=false&sourceId=" + source, ""))
                .path("items");
        assertThat(all).hasSize(1);
        var number = all.get(0).path("id").longValue();
        assertThat(jdbc.sql(
                                "select event from webhook_deliveries where webhook_id = :id and seq = any (:seqs) order by id")
                        .param("id", webhook)
                        .param("seqs", new Long[] {-1 - 2 * number, -2 - 2 * number})
                        .query(String.class)
                        .list())
                .as("told once when it began, however often its days are measured, and once when it ended")
                .containsExactly("quality.alert.opened", "quality.alert.ended");
        assertThat(all.get(0).path("ended").asString()).isEqualTo("fine");

        var fields = json(api("GET", "/api/quality/sources/%d/fields".formatted(source), ""))
                .path("items");
        assertThat(fields.valueStream().map(f -> f.path("field").asString()))
                .contains("properties.products[].price", "identifiers.user_id");
        var trend = json(api(
                        "GET",
                        "/api/quality/sources/%d/trend?type=track&name=Order%%20Completed&field=properties.currency"
                                .formatted(source),
                        ""))
                .path("items");
        assertThat(trend).hasSize(7 * WEEKS + 3);
        assertThat(trend.get(7 * WEEKS).at("/field/filled").asDouble()).isLessThan(0.8);
        assertThat(trend.get(7 * WEEKS + 2).at("/field/filled").asDouble()).isEqualTo(1);
        var shown = json(api("GET", "/api/quality/sources/" + source, "")).path("days");
        assertThat(shown).hasSize(7 * WEEKS + 3);
        assertThat(shown.get(0).path("score").asDouble()).isBetween(80.0, 100.0);
        assertThat(api("GET", "/api/quality/sources/%d?days=0".formatted(source), "")
                        .statusCode())
                .isEqualTo(400);
        assertThat(json(api("GET", "/api/quality/sources", ""))
                        .path("items")
                        .valueStream()
                        .map(s -> s.path("id").intValue()))
                .contains(source);
        assertThat(jdbc.sql("select count(*) from quality_fields where source_id = :source and bins::text like '%CNY%'")
                        .param("source", source)
                        .query(Long.class)
                        .single())
                .as("values of fields")
                .isZero();
    }

    /** Silence is told for as long as it lasts, however long that is: it never becomes the usual by itself. */
    @Test
    void aDeadSourceHasNoScoreAndItsAlertStaysUntilCallsComeAgainOrItIsClosed() throws Exception {
        int source = json(api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(mark)))
                .at("/source/id")
                .intValue();
        int dead = 7 * WEEKS;
        var first = clock.today().minusDays(dead + 40);
        var market = new Market(12, 100);
        for (int i = 0; i < dead; i++) take(source, market.day(first.plusDays(i), i / 7, Fault.NONE));
        take(source, market.day(first.plusDays(dead + 36), 8, Fault.NONE));
        for (int i = 0; i < dead + 36; i++) quality.measure(first.plusDays(i));

        var place = "/api/quality/alerts?sourceId=" + source;
        var alerts = json(api("GET", place, "")).path("items");
        assertThat(alerts).hasSize(1);
        assertThat(alerts.at("/0/rule").asString()).isEqualTo("silent");
        assertThat(alerts.at("/0/type").asString()).isEmpty();
        assertThat(alerts.at("/0/firstDay").asString())
                .isEqualTo(first.plusDays(dead).toString());
        assertThat(alerts.at("/0/lastDay").asString())
                .isEqualTo(first.plusDays(dead + 35).toString());
        var days = json(api("GET", "/api/quality/sources/%d?days=100".formatted(source), ""))
                .path("days");
        assertThat(days.get(dead - 1).path("score").asDouble()).isGreaterThan(50);
        for (int i = dead; i < dead + 36; i++)
            assertThat(days.get(i).path("score").isNull()).as("day %d", i).isTrue();

        quality.measure(first.plusDays(dead + 36));
        var ended = json(api("GET", place + "&open=false", "")).path("items");
        assertThat(ended.at("/0/ended").asString()).as("calls came").isEqualTo("fine");
    }

    @Test
    void anAlertThatIsClosedDoesNotComeBack() throws Exception {
        int source = json(api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(mark)))
                .at("/source/id")
                .intValue();
        int dead = 7 * WEEKS;
        var market = new Market(13, 100);
        // The last of these days is yesterday: a day is closed on the day after.
        var first = clock.today().minusDays(dead + 2);
        for (int i = 0; i < dead; i++) take(source, market.day(first.plusDays(i), i / 7, Fault.NONE));
        for (int i = 0; i < dead + 1; i++) quality.measure(first.plusDays(i));
        var place = "/api/quality/alerts?sourceId=" + source;
        var alerts = json(api("GET", place, "")).path("items");
        assertThat(alerts).hasSize(1);
        var close = "/api/quality/alerts/%d/close".formatted(alerts.at("/0/id").longValue());
        assertThat(api("POST", close, "").statusCode()).isEqualTo(204);
        assertThat(api("POST", close, "").statusCode()).isEqualTo(404);
        quality.measure(first.plusDays(dead + 1));
        assertThat(json(api("GET", place, "")).path("items")).isEmpty();
        assertThat(json(api("GET", place + "&open=false", ""))
                        .path("items")
                        .at("/0/ended")
                        .asString())
                .isEqualTo("closed");
    }

    /** What stood in a history before the intake knew such numbers. */
    @Test
    void aNumberBeyondADoubleIsMeasuredLikeAnyOther() throws Exception {
        int source = json(api("POST", "/api/sources", "{\"name\":\"%s\"}".formatted(mark)))
                .at("/source/id")
                .intValue();
        var day = clock.today().minusDays(3);
        var sent = Stream.of("1e999", "-1e400", "12")
                .map(number -> new Market.Sent(
                        new EventKind("track", "Beyond"), 1, true, false, "{\"n\":%s}".formatted(number)))
                .toList();
        take(source, new Market.Day(day, sent, 0, 0));
        quality.measure(day);
        var field = store.days(source, day, day.plusDays(1)).getFirst().fields().entrySet().stream()
                .filter(f -> f.getKey().path().equals("properties.n"))
                .findFirst()
                .orElseThrow()
                .getValue();
        assertThat(field.filled()).isEqualTo(3);
        assertThat(field.bins().get("number")).containsEntry("beyond", 2L).hasSize(2);
    }

    @Test
    void aDayThatCouldNotBeMeasuredIsToldAndTriedAgain() throws Exception {
        quality.measure();
        var day = clock.today().minusDays(1);
        store.measured(day, clock.instant(), "the history did not answer");
        assertThat(json(api("GET", "/api/quality", "")).path("failed").findValuesAsString("day"))
                .contains(day.toString());
        assertThat(json(api("GET", "/api/quality", "")).at("/failed/0/problem").asString())
                .isEqualTo("the history did not answer");
        assertThat(quality.measure()).isPositive();
        assertThat(json(api("GET", "/api/quality", "")).path("failed")).isEmpty();
        assertThat(json(api("GET", "/api/quality", "")).path("measuredTo").asString())
                .isEqualTo(day.toString());
    }

    /** Puts a day into the log, one event of it twice. */
    private void take(int source, Market.Day day) {
        var at = day.day().atStartOfDay(clock.zone()).toInstant().plus(Duration.ofHours(12));
        var staged = new ArrayList<StagedEvent>();
        for (var sent : day.events()) {
            var whom = new ArrayList<Identifier>();
            if (sent.isKnown()) whom.add(id(Identifier.Type.USER_ID, sent.customer()));
            whom.add(id(Identifier.Type.ANONYMOUS_ID, sent.customer()));
            var message = "%s-%s-%d".formatted(mark, day.day(), staged.size());
            staged.add(new StagedEvent(
                    log.fingerprint(source, message),
                    at,
                    sent.isLate() ? at.minus(Duration.ofHours(5)) : at.minusSeconds(20),
                    source,
                    null,
                    EventType.TRACK,
                    sent.kind().name(),
                    whom.getFirst().id().value(),
                    whom,
                    message,
                    null,
                    sent.properties(),
                    null,
                    null,
                    false));
        }
        log.append(staged, List.of());
        log.append(List.of(staged.getFirst()), List.of());
    }

    private Identifier id(Identifier.Type type, int customer) {
        return identifiers.of(type, "quality-%s-%d".formatted(mark, customer)).orElseThrow();
    }

    private JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return json.readTree(answer.body());
    }

    private HttpResponse<String> api(String method, String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
