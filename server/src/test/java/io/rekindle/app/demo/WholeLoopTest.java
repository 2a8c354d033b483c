package io.rekindle.app.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.access.FirstSignIn;
import io.rekindle.collect.EventLog;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.TimeTravel;
import io.rekindle.testing.DescribedApi;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.json.JsonMapper;

/** The demonstration at a tenth of its size: the loop closes, and the console shows it in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeLoopTest {
    /** It imports nothing, tells nobody, erases nobody, and nobody is found to be another. */
    private static final List<String> NOT_IN_THE_DEMONSTRATION = List.of(
            "/api/imports/{id}",
            "/api/webhooks/{id}",
            "/api/exports/{id}",
            "/api/databases/{id}",
            "/api/pulls/{id}",
            "/api/watched-folders/{id}",
            "/api/erasures/{id}",
            "/api/identity/searches/{id}",
            "/api/identity/merges/{number}",
            "/api/trait-rules/{trait}");

    /** Answered by a file. */
    private static final List<String> NO_JSON =
            List.of("/api/customers/{id}/archive", "/api/imports/kinds/{kind}/template");

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ADMIN_KEY = "whole-loop-admin-key-0123";
    private static final String PASSWORD = "whole-loop-password";

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Demo demo;

    @SuppressWarnings("NullAway.Init")
    private DemoReport report;

    @BeforeAll
    void runTheLoop() {
        demo = TestDemo.start(
                2_000, 7, 0.25, Map.of("rekindle.admin-key", ADMIN_KEY, "rekindle.admin-password", PASSWORD));
        report = TestDemo.run(demo);
    }

    @AfterAll
    void end() {
        if (demo != null) demo.close();
    }

    @Test
    @Order(1)
    void thePartsOfTheAudienceAddUp() {
        assertThat(report.audience()).isGreaterThan(200);
        assertThat(report.eligible()).isLessThan(report.audience()).isGreaterThan(150);
        assertThat(report.heldOut()).isGreaterThan(20);
        assertThat(report.sent()).isPositive();
        assertThat(report.delivered())
                .as("the shop's mail servers send nothing back later")
                .isEqualTo(report.sent());
        assertThat(report.heldOut() + report.sent()).isLessThanOrEqualTo(report.eligible());
    }

    /** One seed; how often the interval holds the truth over many is the business of the simulation tests. */
    @Test
    @Order(2)
    void theMeasuredDifferenceIsNearTheTruth() {
        var conversion = requireNonNull(report.lift().conversion());
        double halfWidth = (conversion.high() - conversion.low()) / 2;
        assertThat(report.truth().conversion()).isBetween(0.02, 0.4);
        assertThat(conversion.estimate())
                .isBetween(
                        report.truth().conversion() - 2 * halfWidth,
                        report.truth().conversion() + 2 * halfWidth);
    }

    @Test
    @Order(3)
    void theLedgerAloneSaysTheSame() {
        var warehouse = demo.server().part(Warehouse.class);
        var conversion = warehouse.first(Sql.of("""
                        select avg(case when arm = 'treatment' then case when converted then 1.0 else 0.0 end end)
                             - avg(case when arm = 'holdout' then case when converted then 1.0 else 0.0 end end) as lift
                        from outcomes_now where campaign_id = ?
                        """, report.campaignId()), row -> row.doubleValue("lift"));
        assertThat(conversion.orElseThrow())
                .isCloseTo(
                        requireNonNull(report.lift().conversion()).estimate(),
                        org.assertj.core.data.Offset.offset(1e-9));
    }

    /** Customer by customer: what the simulator's people did is what the product saw of them. */
    @Test
    @Order(3)
    void whoBoughtAccordingToTheLedgerIsWhoBought() {
        record Outcome(long customer, boolean converted) {}
        var converted = demo
                .server()
                .part(Warehouse.class)
                .query(
                        Sql.of(
                                "select customer_id, converted from outcomes_now where campaign_id = ?",
                                report.campaignId()),
                        row -> new Outcome(row.longValue("customer_id"), row.booleanValue("converted")))
                .stream()
                .collect(Collectors.toMap(Outcome::customer, Outcome::converted));
        assertThat(converted).hasSize(Math.toIntExact(report.eligible()));
        var userIds = new HashMap<Long, String>();
        var cursor = "";
        do {
            var page = JSON.readTree(get("/api/campaigns/%d/decisions?limit=200%s"
                            .formatted(report.campaignId(), cursor.isEmpty() ? "" : "&cursor=" + cursor))
                    .body());
            for (var row : page.path("items"))
                userIds.put(
                        CustomerId.parse(row.path("customerId").asString()).value(),
                        row.path("userId").asString());
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty());
        assertThat(converted)
                .allSatisfy((customer, bought) -> assertThat(bought)
                        .as(userIds.get(customer))
                        .isEqualTo(demo.buyers().contains(userIds.get(customer))));
        assertThat(converted.values()).contains(true, false);
    }

    /** Every kind of answer there is to read, on a server where all of them have something in them. */
    @Test
    @Order(4)
    void whatTheServerAnswersIsWhatItsDescriptionSays() throws Exception {
        var described = DescribedApi.checkedIn();
        var campaign = Long.toString(report.campaignId());
        var customer = first("/api/customers", "customerId");
        var filled = new HashMap<String, String>(Map.of(
                "/api/segments/schema", "/api/segments/schema",
                "/api/models/{name}", "/api/models/" + first("/api/models", "name"),
                "/api/tags/{key}", "/api/tags/" + first("/api/tags", "key"),
                "/api/tags/{key}/versions", "/api/tags/" + first("/api/tags", "key") + "/versions",
                "/api/campaigns/{id}/decisions/{customerId}/explain",
                        "/api/campaigns/" + campaign + "/decisions/" + customer + "/explain"));
        var faults = new ArrayList<String>();
        for (var path : described.readable()) {
            if (NOT_IN_THE_DEMONSTRATION.stream().anyMatch(path::startsWith) || NO_JSON.contains(path)) continue;
            var at = filled.computeIfAbsent(path, it -> {
                if (it.startsWith("/api/customers/{id}")) return it.replace("{id}", customer);
                int id = it.indexOf("/{id}");
                return id < 0 ? it : it.replace("{id}", first(it.substring(0, id), "id"));
            });
            var answer = get(at);
            assertThat(answer.statusCode()).as(at).isEqualTo(200);
            faults.addAll(described.faults("GET", path, 200, answer.body()));
        }
        assertThat(faults).isEmpty();
        assertThat(described.faults(
                        "GET",
                        "/api/campaigns/{id}",
                        404,
                        get("/api/campaigns/999999").body()))
                .isEmpty();
    }

    /** Told by the shop's mail provider through the intake: one mail came back after it had been accepted. */
    @Test
    @Order(6)
    void aMailThatComesBackIsNotDeliveredAndCountsOnce() {
        var campaign = report.campaignId();
        var message = JSON.readTree(get("/api/messages?limit=1&state=sent&campaignId=" + campaign)
                        .body())
                .path("items")
                .path(0);
        for (int time = 1; time <= 2; time++)
            demo.server()
                    .part(EventLog.class)
                    .accept(List.of(new EventLog.OwnEvent(
                            "provider:" + time,
                            "Email Bounced",
                            CustomerId.parse(message.path("customerId").asString()),
                            Instant.parse(message.path("sentAt").asString()).plusSeconds(3600),
                            "{\"message_id\":\"%s\",\"bounce_type\":\"soft\"}"
                                    .formatted(message.path("messageId").asString()))));
        demo.server().part(TimeTravel.class).awaitQuiet();
        for (var path : List.of("/result", "/progress")) {
            var told = JSON.readTree(get("/api/campaigns/" + campaign + path).body());
            assertThat(told.path("sent").asLong()).as(path).isEqualTo(report.sent());
            assertThat(told.path("delivered").asLong()).as(path).isEqualTo(report.sent() - 1);
        }
    }

    private String first(String list, String field) {
        return JSON.readTree(get(list).body()).path("items").path(0).path(field).asString();
    }

    private HttpResponse<String> get(String path) {
        var request = HttpRequest.newBuilder(URI.create(demo.server().url() + path))
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Every page a person goes through, in a real browser; pictures in {@code target/screenshots}. */
    @Test
    @Order(5)
    void aPersonCanGoTheWholeWayInTheConsole() throws Exception {
        assumeTrue(
                Boolean.getBoolean("rekindle.browser"),
                "the browser test runs with ./rekindle test (or -Drekindle.browser=true)");
        var root = Path.of(System.getProperty("rekindle.root"));
        var pictures = root.resolve("server").resolve("target").resolve("screenshots");
        Files.createDirectories(pictures);
        var output = new File(pictures.toFile(), "browser.log");
        var browser = new ProcessBuilder(List.of("node", "e2e/run.mjs"))
                .directory(root.resolve("console").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output);
        browser.environment()
                .putAll(Map.of(
                        "BASE_URL",
                        demo.server().url(),
                        "EMAIL",
                        FirstSignIn.EMAIL,
                        "PASSWORD",
                        PASSWORD,
                        "SCREENSHOTS",
                        pictures.toString()));
        var process = browser.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0)
                .as(Files.readString(output.toPath()))
                .isTrue();
    }
}
