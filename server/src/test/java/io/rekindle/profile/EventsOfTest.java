package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Asked by the ids they stand under, the events of one customer are those of {@code events_now}. */
@RekindleTest
class EventsOfTest {
    private final EventsOf events;
    private final Identities identities;
    private final Warehouse warehouse;
    private final Imports imports;
    private final EventLog log;
    private final Tails tails;
    private final int port;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    EventsOfTest(
            @Autowired EventsOf events,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse,
            @Autowired Imports imports,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @LocalServerPort int port) {
        this.events = events;
        this.identities = identities;
        this.warehouse = warehouse;
        this.imports = imports;
        this.log = log;
        this.tails = tails;
        this.port = port;
    }

    @Test
    void theyAreThoseOfEveryIdMergedIntoOneWithoutWhatWasUndone() throws Exception {
        send("""
                {"type":"track","anonymousId":"of-a","messageId":"of-1","event":"Looked"},
                {"type":"track","anonymousId":"of-b","messageId":"of-2","event":"Looked Again"},
                {"type":"track","userId":"of-other","messageId":"of-3","event":"Looked"}""");
        var alone = identities.find(Identifier.Type.ANONYMOUS_ID, "of-a").orElseThrow();
        assertThat(ours(alone)).hasSize(1).isEqualTo(theView(alone));

        send("""
                {"type":"identify","userId":"of-ann","anonymousId":"of-a","messageId":"of-4","traits":{"city":"Rome"}},
                {"type":"identify","userId":"of-ann","anonymousId":"of-b","messageId":"of-5","traits":{"city":"Bari"}}""");
        long wrong =
                imported("of-ann,2026-01-05T10:00:00Z,delivery,nps,3\nof-other,2026-01-05T10:00:00Z,delivery,nps,4\n");
        imported("of-ann,2026-01-06T10:00:00Z,delivery,nps,9\n");
        tails.awaitAll(log.lastSeq());
        var ann = identities.find(Identifier.Type.USER_ID, "of-ann").orElseThrow();
        assertThat(ours(ann)).hasSize(6).isEqualTo(theView(ann)).isEqualTo(ours(alone));

        imports.undo(wrong);
        assertThat(ours(ann)).hasSize(5).isEqualTo(theView(ann)).isEqualTo(ours(alone));
        var other = identities.find(Identifier.Type.USER_ID, "of-other").orElseThrow();
        assertThat(ours(other)).hasSize(1).isEqualTo(theView(other));
    }

    private List<String> ours(CustomerId id) {
        return rows(Sql.of("select seq, occurred_at, type, name, amount, properties from")
                .then(events.customer(id))
                .then("theirs"));
    }

    private List<String> theView(CustomerId id) {
        return rows(Sql.of(
                "select seq, occurred_at, type, name, amount, properties from events_now where customer_id = ?",
                identities.canonical(id).value()));
    }

    private List<String> rows(Sql sql) {
        return warehouse.query(
                Sql.of("select cast(t as varchar) as line from")
                        .then(sql.inParentheses())
                        .then("t order by seq"),
                row -> row.text("line"));
    }

    private long imported(String rows) throws Exception {
        var file = Files.writeString(
                Files.createTempFile(folder, "answers", ".csv"), "customer,time,survey,measure,score\n" + rows);
        long id = imports.start(file, "answers.csv", ImportMapping.of(ImportKind.SURVEYS, Map.of()), false, false)
                .id();
        var done = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(id), one -> one.state() != Imports.State.RUNNING);
        assertThat(done.state()).as("%s", done.failure()).isEqualTo(Imports.State.DONE);
        return id;
    }

    private void send(String items) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[%s]}".formatted(items)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        tails.awaitAll(log.lastSeq());
    }
}
