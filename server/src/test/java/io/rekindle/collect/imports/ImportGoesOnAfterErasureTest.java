package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.rights.Erasure;
import io.rekindle.rights.Erasures;
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
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Somebody is erased between the server's end and its next start, with an import half brought in. */
@RekindleTest
class ImportGoesOnAfterErasureTest {
    private static final int ROWS = 20_000;

    private final AutowireCapableBeanFactory beans;
    private final Warehouse warehouse;
    private final Identifiers identifiers;
    private final Erasures erasures;
    private final EventLog log;
    private final Tails tails;
    private final int port;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    ImportGoesOnAfterErasureTest(
            @Autowired AutowireCapableBeanFactory beans,
            @Autowired Warehouse warehouse,
            @Autowired Identifiers identifiers,
            @Autowired Erasures erasures,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @LocalServerPort int port) {
        this.beans = beans;
        this.warehouse = warehouse;
        this.identifiers = identifiers;
        this.erasures = erasures;
        this.log = log;
        this.tails = tails;
        this.port = port;
    }

    @Test
    void anImportGoesOnWhenSomebodyItHadBroughtInWasErased() throws Exception {
        var text = new StringBuilder("customer,city\n");
        for (int i = 0; i < ROWS; i++) text.append("%s-%d,City %d\n".formatted(mark, i, i % 50));
        var file = Files.writeString(folder.resolve("customers.csv"), text);
        var before = server();
        long id = before.start(
                        file, "customers.csv", ImportMapping.of(ImportKind.CUSTOMERS, Map.of()), false, false, null, 0)
                .id();
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> events(id) > 0);
        before.stop();
        assertThat(before.get(id).state()).as("stopped in the middle").isEqualTo(Imports.State.RUNNING);
        long broughtIn = events(id);
        assertThat(broughtIn).isPositive().isLessThan(ROWS);

        tails.awaitAll(log.lastSeq());
        erase(mark + "-0");
        assertThat(count("message_id like 'erased-%'", id)).isEqualTo(1);

        var after = server();
        var done = Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> after.get(id), one -> one.state() != Imports.State.RUNNING);
        assertThat(done.state()).as("%s", done.failure()).isEqualTo(Imports.State.DONE);
        // The erased one's event stands without a name; everybody else came in, once.
        assertThat(events(id)).isEqualTo(ROWS);
        assertThat(count("message_id like 'customers-%'", id)).isEqualTo(ROWS - 1);
        after.stop();
    }

    /** What a server's start makes of imports, and its end stops. */
    private FileImports server() {
        return (FileImports) beans.autowire(FileImports.class, AutowireCapableBeanFactory.AUTOWIRE_CONSTRUCTOR, false);
    }

    private void erase(String userId) throws Exception {
        var customer =
                identifiers.of(Identifier.Type.USER_ID, userId).orElseThrow().id();
        var erasure = erasures.request(customer, "request 4711");
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> erasures.get(erasure.id()).state() == Erasure.State.HIDDEN);
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/erasures/finish"))
                                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(erasures.get(erasure.id()).state()).isEqualTo(Erasure.State.FINISHED);
    }

    private long events(long id) {
        return count("true", id);
    }

    private long count(String condition, long id) {
        return warehouse
                .first(
                        Sql.of("select count(*) as n from events where import_id = ? and " + condition, id),
                        row -> row.longValue("n"))
                .orElseThrow();
    }
}
