package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.identity.Identities;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.profile.Profile;
import io.rekindle.profile.Profiles;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** People who come in through the first door, on a whole server. */
@RekindleTest
class PeopleOverIntakeTest {
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Profiles profiles;
    private final Consents consents;
    private final Permissions permissions;
    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final PlatformSettings settings;

    PeopleOverIntakeTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Profiles profiles,
            @Autowired Consents consents,
            @Autowired Permissions permissions,
            @Autowired JdbcClient jdbc,
            @Autowired Warehouse warehouse,
            @Autowired PlatformSettings settings) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.profiles = profiles;
        this.consents = consents;
        this.permissions = permissions;
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.settings = settings;
    }

    @Test
    void aVisitorWhoSignsInIsOnePersonOneMayWriteToAndNothingPersonalIsReadableAtRest() throws Exception {
        send("""
                {"batch": [
                  {"type": "track", "messageId": "door-1", "anonymousId": "door-device", "event": "Product Viewed",
                   "properties": {"product_id": "p1"}},
                  {"type": "identify", "messageId": "door-2", "userId": "door-user-xyzzy", "anonymousId": "door-device",
                   "traits": {"email": "Planted.Door@secret.example", "phone": "+4930901877", "firstName": "Plantedfirst",
                    "lastName": "Plantedlast", "city": "Doortown", "consent": {"email": true}}}]}
                """);
        tails.awaitAll(log.lastSeq());

        var customer = identities
                .find(Identifier.Type.EMAIL, "planted.door@SECRET.example")
                .orElseThrow();
        assertThat(identities.find(Identifier.Type.ANONYMOUS_ID, "door-device")).hasValue(customer);
        assertThat(profiles.get(customer, new Caller("p", Set.of(Role.PLANNER)))
                        .orElseThrow()
                        .traits())
                .filteredOn(Profile.Trait::personal)
                .extracting(t -> t.name() + "=" + t.value().asString())
                .contains(
                        "email=Planted.Door@secret.example",
                        "phone=+4930901877",
                        "firstName=Plantedfirst",
                        "lastName=Plantedlast",
                        "userId=door-user-xyzzy");
        assertThat(consents.of(customer))
                .singleElement()
                .satisfies(c -> assertThat(c.granted()).isTrue());
        var judged = permissions.judge(
                new long[] {customer.value()}, Ask.marketing(Permissions.EMAIL), Instant.parse("2026-03-01T09:00:00Z"));
        assertThat(judged.allows(0)).isTrue();

        var stored = List.of(
                EverythingStored.inPostgresql(jdbc),
                EverythingStored.inTheWarehouse(warehouse),
                EverythingStored.inFiles(settings.data()));
        for (var text : stored) {
            assertThat(text.contains("Doortown"))
                    .as("the search finds what is in clear")
                    .isTrue();
            for (var planted : List.of(
                    "Planted.Door", "planted.door", "4930901877", "Plantedfirst", "Plantedlast", "door-user-xyzzy")) {
                var hex = HexFormat.of().formatHex(planted.getBytes(StandardCharsets.UTF_8));
                assertThat(text.contains(planted) || text.contains(hex))
                        .as("%s is readable at rest", planted)
                        .isFalse();
            }
        }
    }

    private void send(String body) throws Exception {
        var key = Base64.getEncoder().encodeToString((RekindleTest.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                                .header("Authorization", "Basic " + key)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
