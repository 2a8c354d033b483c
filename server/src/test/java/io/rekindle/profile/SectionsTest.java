package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Parts of the customer page, each from events that came in at the first door. */
@RekindleTest
class SectionsTest {
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final List<Section> sections;

    SectionsTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired List<Section> sections) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.sections = sections;
    }

    @Test
    void everyPartOfThePageIsFilled() {
        assertThat(sections).extracting(Section::kind).containsExactlyInAnyOrder(Section.Kind.values());
    }

    @Test
    void answersAreCountedAndTheLastScoreOfEachMeasureStands() throws Exception {
        intake("""
                {"type":"track","userId":"sec-ann","event":"Survey Answered","timestamp":"2026-01-03T00:00:00Z","properties":{"measure":"nps","score":9}},
                {"type":"track","userId":"sec-ann","event":"Survey Answered","timestamp":"2026-01-01T00:00:00Z","properties":{"measure":"NPS","score":3}},
                {"type":"track","userId":"sec-ann","event":"Survey Answered","timestamp":"2026-01-02T00:00:00Z","properties":{"measure":"csat","score":"4.5"}},
                {"type":"track","userId":"sec-ann","event":"Survey Answered","timestamp":"2026-01-09T00:00:00Z","properties":{"measure":"csat"}},
                {"type":"track","userId":"sec-bob","event":"Survey Answered","timestamp":"2026-01-09T00:00:00Z","properties":{"measure":"csat","score":1}}""");
        assertThat(figures(Section.Kind.SURVEYS, "sec-ann"))
                .isEqualTo(Map.of(
                        "answers",
                        "3",
                        "lastNps",
                        "9",
                        "lastCsat",
                        "4.5",
                        "lastAnswer",
                        Instant.parse("2026-01-03T00:00:00Z").toString()));
    }

    @Test
    void aTicketIsOpenUntilTheLastWordOfItSaysOtherwise() throws Exception {
        intake("""
                {"type":"track","userId":"sec-cy","event":"Ticket Opened","timestamp":"2026-01-01T00:00:00Z","properties":{"ticket_id":"1"}},
                {"type":"track","userId":"sec-cy","event":"Ticket Closed","timestamp":"2026-01-02T00:00:00Z","properties":{"ticket_id":"1"}},
                {"type":"track","userId":"sec-cy","event":"Ticket Reopened","timestamp":"2026-01-03T00:00:00Z","properties":{"ticket_id":"1"}},
                {"type":"track","userId":"sec-cy","event":"Ticket Created","timestamp":"2026-01-01T00:00:00Z","properties":{"ticket_id":2}},
                {"type":"track","userId":"sec-cy","event":"Ticket Solved","timestamp":"2026-01-04T00:00:00Z","properties":{"ticket_id":2}},
                {"type":"track","userId":"sec-cy","event":"Ticket Opened","timestamp":"2026-01-01T00:00:00Z"},
                {"type":"track","userId":"sec-cy","event":"Ticket Opened","timestamp":"2026-01-01T00:00:00Z"}""");
        assertThat(figures(Section.Kind.TICKETS, "sec-cy"))
                .isEqualTo(Map.of("tickets", "4", "openTickets", "3", "lastTicket", "2026-01-04T00:00:00Z"));
    }

    @Test
    void theBalanceIsWhatWasEarnedLessWhatWentAndNoNumberBelowNoughtCounts() throws Exception {
        intake("""
                {"type":"track","userId":"sec-di","event":"Points Earned","timestamp":"2026-01-01T00:00:00Z","properties":{"points":120.5}},
                {"type":"track","userId":"sec-di","event":"Points Earned","timestamp":"2026-01-02T00:00:00Z","properties":{"points":"80"}},
                {"type":"track","userId":"sec-di","event":"Points Spent","timestamp":"2026-01-05T00:00:00Z","properties":{"points":50}},
                {"type":"track","userId":"sec-di","event":"Points Expired","timestamp":"2026-01-03T00:00:00Z","properties":{"points":10}},
                {"type":"track","userId":"sec-di","event":"Points Spent","timestamp":"2026-01-09T00:00:00Z","properties":{"points":-500}},
                {"type":"track","userId":"sec-di","event":"Points Earned","timestamp":"2026-01-09T00:00:00Z","properties":{"points":"many"}}""");
        assertThat(figures(Section.Kind.POINTS, "sec-di"))
                .isEqualTo(Map.of(
                        "balance",
                        "140.5",
                        "earned",
                        "200.5",
                        "spent",
                        "50",
                        "expired",
                        "10",
                        "lastPoints",
                        "2026-01-05T00:00:00Z"));
    }

    @Test
    void whoDidNothingOfTheKindHasNoFigures() throws Exception {
        intake("{\"type\":\"identify\",\"userId\":\"sec-nobody\",\"traits\":{\"city\":\"Rome\"}}");
        assertThat(Arrays.stream(Section.Kind.values()).flatMap(kind -> figures(kind, "sec-nobody").keySet().stream()))
                .isEmpty();
    }

    private Map<String, String> figures(Section.Kind kind, String userId) {
        var customer = identities.find(Identifier.Type.USER_ID, userId).orElseThrow();
        var found = new TreeMap<String, String>();
        sections.stream()
                .filter(one -> one.kind() == kind)
                .flatMap(one -> one.of(customer).stream())
                .forEach(figure -> {
                    var number = figure.number();
                    found.put(
                            figure.name(),
                            number == null
                                    ? String.valueOf(figure.at())
                                    : number.stripTrailingZeros().toPlainString());
                });
        return found;
    }

    private void intake(String events) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[%s]}".formatted(events)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        tails.awaitAll(log.lastSeq());
    }
}
