package io.rekindle.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Merges;
import io.rekindle.testing.RekindleTest;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Two who were one customer for a while: what a row says of both is in both archives, and one's erasure leaves the other whole. */
@RekindleTest
class TwoPeopleInOneRowTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Merges merges;
    private final Persons persons;
    private final PersonalRows rows;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    TwoPeopleInOneRowTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Merges merges,
            @Autowired Persons persons,
            @Autowired PersonalRows rows,
            @Autowired JdbcClient jdbc,
            @Autowired TransactionTemplate transactions) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.merges = merges;
        this.persons = persons;
        this.rows = rows;
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    @Test
    void whatCameToOneWhileTheyWereOneStaysWithThatOneWhenTheOtherIsErased() throws Exception {
        send("""
                {"batch": [
                  {"type": "identify", "messageId": "two-1", "userId": "two-ann", "traits": {"email": "ann@two.example"}},
                  {"type": "identify", "messageId": "two-2", "traits": {"email": "bob@two.example"}}]}
                """);
        var ann = find(Identifier.Type.USER_ID, "two-ann");
        var bob = find(Identifier.Type.EMAIL, "bob@two.example");
        var merge = merges.mergeByHand(ann, bob);
        assertThat(identities.canonical(bob)).isEqualTo(ann);
        send("""
                {"batch": [{"type": "identify", "messageId": "two-3", "anonymousId": "two-device", "traits": {"email": "bob@two.example"}}]}
                """);
        var device = new CustomerId(
                jdbc.sql("select right_id from identity_links where left_id = :bob and right_type = 'anonymous_id'")
                        .param("bob", bob.value())
                        .query(Long.class)
                        .single());
        merges.undo(merge.link().number());
        assertThat(identities.canonical(device)).isEqualTo(bob);

        for (var one : List.of(ann, bob)) {
            var archive = archive(one);
            assertThat(archive).containsKeys("identity_requests", "identity_links", "identity_separations");
            assertThat(archive.get("identity_requests")).contains(ann.toString(), bob.toString());
            assertThat(archive.toString()).doesNotContain("decided_by", "requested_by");
        }

        var person = persons.of(List.of(ann));
        assertThat(person.ids()).contains(ann).doesNotContain(bob, device);
        transactions.executeWithoutResult(status -> {
            rows.erase(person, key -> {});
            assertThat(jdbc.sql("""
                            select winner || ' ' || loser from identity_links
                            where left_id = :bob and right_id = :device and undone_seq is null
                            """)
                            .param("bob", bob.value())
                            .param("device", device.value())
                            .query(String.class)
                            .list())
                    .as("what holds the other together")
                    .containsExactly("0 " + device);
            for (var column : List.of("left_id", "right_id", "winner", "loser"))
                assertThat(jdbc.sql("select count(*) from identity_links where %s = any (:ids)".formatted(column))
                                .param("ids", person.idValues())
                                .query(Long.class)
                                .single())
                        .as(column)
                        .isZero();
            // Others' tests need this person as little as this one does; what was done here is not kept.
            status.setRollbackOnly();
        });
    }

    private CustomerId find(Identifier.Type type, String value) {
        return identities.find(type, value).orElseThrow();
    }

    /** Its parts by name, as JSON. */
    private Map<String, String> archive(CustomerId of) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/customers/%s/archive".formatted(port, of)))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        var parts = new HashMap<String, String>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                if (entry.getName().equals("data.json"))
                    for (var part : json.readTree(new String(zip.readAllBytes(), StandardCharsets.UTF_8))
                            .path("parts"))
                        parts.put(
                                part.path("name").asString(), part.path("rows").toString());
        }
        return parts;
    }

    private void send(String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }
}
