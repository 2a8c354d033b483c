package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Identifiers of every type through the first door, the guards, and a dry run of other rules. */
@RekindleTest
class IdentityRulesTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final Trial trial;

    IdentityRulesTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired Trial trial) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.trial = trial;
    }

    @Test
    void everyTypeOfIdentifierFindsItsCustomerAndNoneIsReadable() throws Exception {
        intake("""
                {"type":"identify","messageId":"ty-1","userId":"ty-user","anonymousId":"ty-anon","traits":{"unionid":"oTyUnion77","openid":"oTyOpen77",
                  "membership_card":"TY-77 0815"},
                 "context":{"device":{"id":"TY-DEVICE-77"},"externalIds":[{"type":"till","id":"ty-till-99","collection":"users","encoding":"none"}]}},
                {"type":"track","messageId":"ty-2","event":"Store Visited","context":{"externalIds":[{"type":"till","id":"ty-till-99"}]}},
                {"type":"track","messageId":"ty-3","event":"Store Visited","context":{"traits":{"membership_card":"ty770815"}}}""");
        var user = identities.find(Identifier.Type.USER_ID, "ty-user").orElseThrow();
        assertThat(identities.identifiersOf(user))
                .extracting(known -> known.identifier().type())
                .containsExactly(
                        Identifier.Type.USER_ID,
                        Identifier.Type.WECHAT_UNIONID,
                        Identifier.Type.WECHAT_OPENID,
                        Identifier.Type.MEMBERSHIP_CARD,
                        Identifier.Type.CUSTOM,
                        Identifier.Type.DEVICE_ID,
                        Identifier.Type.ANONYMOUS_ID);
        assertThat(identities.find(Identifier.Type.CUSTOM, "till:ty-till-99")).hasValue(user);
        assertThat(send("GET", "/api/customers/" + user + "/timeline", "", 200)
                        .path("items")
                        .size())
                .isEqualTo(3);
        for (var identifier :
                List.of("TY770815", "oTyUnion77", "oTyOpen77", "till:ty-till-99", "TY-Device-77", "ty-anon"))
            assertThat(send("POST", "/api/customers/search", "{\"query\":\"%s\"}".formatted(identifier), 200)
                            .at("/items/0/customerId")
                            .asString())
                    .as(identifier)
                    .isEqualTo(user.toString());
        for (var text : List.of(EverythingStored.inPostgresql(jdbc), EverythingStored.inTheWarehouse(warehouse)))
            for (var value : List.of("oTyUnion77", "oTyOpen77", "TY-77 0815", "TY-DEVICE-77", "ty-till-99"))
                assertThat(text.contains(value)).as("%s is readable", value).isFalse();
    }

    @Test
    void aSharedPhoneLinksNobodyAnyMoreAndRulesAreTriedBeforeTheyHold() throws Exception {
        var before = send("GET", "/api/identity/rules", "", 200).path("document");
        var rules = (ObjectNode) before.deepCopy();
        for (var type : rules.path("types"))
            if (type.path("type").asString().equals("phone"))
                ((ObjectNode) type).put("claims", 3).put("joinsPeople", true);
        var faulty = rules.deepCopy();
        faulty.put("largest", 1);
        ((ObjectNode) faulty.path("types").get(0)).put("perCustomer", 2);
        var refused = send("PUT", "/api/identity/rules", faulty.toString(), 422);
        assertThat(refused.path("errors").valueStream().map(f -> f.path("place").asString()))
                .containsExactlyInAnyOrder("types[0].perCustomer", "largest");
        send("PUT", "/api/identity/rules", rules.toString(), 200);
        try {
            var family = new StringBuilder();
            for (int i = 0; i < 6; i++) family.append(i == 0 ? "" : ",").append("""
                        {"type":"identify","messageId":"sh-%d","traits":{"email":"member%d@shared.example","phone":"+4930901844"}}""".formatted(i, i));
            intake(family.toString());
            var first = identities
                    .find(Identifier.Type.EMAIL, "member0@shared.example")
                    .orElseThrow();
            long together = 0;
            for (int i = 0; i < 6; i++)
                if (identities
                        .canonical(identities
                                .find(Identifier.Type.EMAIL, "member" + i + "@shared.example")
                                .orElseThrow())
                        .equals(identities.canonical(first))) together++;
            assertThat(together).as("the fourth and those after it are refused").isEqualTo(3);
            // Others share a device here.
            assertThat(send("GET", "/api/identity/shared", "", 200)
                            .path("items")
                            .valueStream()
                            .filter(i -> i.path("type").asString().equals("phone"))
                            .map(i -> i.path("claims").asInt()))
                    .containsExactly(6);
            assertThat(send("GET", "/api/identity/conflicts", "", 200)
                            .path("items")
                            .valueStream()
                            .filter(c -> c.path("reason").asString().equals("shared")
                                    && c.path("type").asString().equals("phone")))
                    .hasSize(3);

            var same = send("POST", "/api/identity/rules/dry-run", rules.toString(), 200);
            for (var type : rules.path("types"))
                if (type.path("type").asString().equals("phone")) ((ObjectNode) type).put("claims", 10);
            var wider = send("POST", "/api/identity/rules/dry-run", rules.toString(), 200);
            assertThat(wider.path("wouldMerge").asLong()
                            - same.path("wouldMerge").asLong())
                    .isEqualTo(3);
            var document = json.treeToValue(rules, RulesDocument.class);
            for (int atOnce : new int[] {1, 7, 50})
                assertThat(trial.of(document, atOnce))
                        .as("in parts, %d combinations of identifiers at once", atOnce)
                        .isEqualTo(trial.of(document));
            rules.withArray("blocked").add("+4930901844");
            var blocked = send("POST", "/api/identity/rules/dry-run", rules.toString(), 200);
            assertThat(blocked.path("wouldSplit").asLong()
                            - same.path("wouldSplit").asLong())
                    .isEqualTo(3);
            send("PUT", "/api/identity/rules", rules.toString(), 200);
            intake("""
                    {"type":"identify","messageId":"sh-9","traits":{"email":"member9@shared.example","phone":"+4930901844"}}""");
            assertThat(identities.identifiersOf(identities
                            .find(Identifier.Type.EMAIL, "member9@shared.example")
                            .orElseThrow()))
                    .as("a blocked value is no identifier")
                    .hasSize(1);
        } finally {
            send("PUT", "/api/identity/rules", before.toString(), 200);
        }
    }

    @Test
    void underTheRulesAsTheyComeAShopsTabletJoinsNoTwoPeople() throws Exception {
        var items = new StringBuilder();
        for (int i = 0; i < 10; i++) items.append(i == 0 ? "" : ",").append("""
                    {"type":"identify","messageId":"tb-%1$d","anonymousId":"tb-tablet","traits":{"email":"visitor%1$d@tablet.example"}}""".formatted(i));
        intake(items.toString());
        var people = new HashSet<String>();
        for (int i = 0; i < 10; i++)
            people.add(identities
                    .find(Identifier.Type.EMAIL, "visitor" + i + "@tablet.example")
                    .orElseThrow()
                    .toString());
        assertThat(people).hasSize(10);
        assertThat(send("GET", "/api/identity/conflicts?limit=500", "", 200)
                        .path("items")
                        .valueStream()
                        .filter(c -> c.path("reason").asString().equals("second_person")
                                && people.contains(c.path("refusedCustomerId").asString())))
                .as("one for each visitor after the first")
                .hasSize(9);
    }

    private void intake(String items) throws Exception {
        var key = Base64.getEncoder().encodeToString((RekindleTest.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                        .header("Authorization", "Basic " + key)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[" + items + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    private JsonNode send(String method, String path, String body, int status) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return json.readTree(answer.body());
    }
}
