package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Role;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
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
import java.util.Set;
import java.util.UUID;
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
    private final Identifiers identifiers;
    private final Tombstones tombstones;
    private final ApiKeys keys;

    IdentityRulesTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired Trial trial,
            @Autowired Identifiers identifiers,
            @Autowired Tombstones tombstones,
            @Autowired ApiKeys keys) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
        this.trial = trial;
        this.identifiers = identifiers;
        this.tombstones = tombstones;
        this.keys = keys;
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

    /** As the dry run has it: by what a value is, not by how it is written. */
    @Test
    void aBlockedValueJoinsNobodyHoweverItIsSpelledAndItsAddressCanStillBeSuppressed() throws Exception {
        var hash = identifiers
                .of(Identifier.Type.EMAIL, "bl.gone@gmail.com")
                .orElseThrow()
                .id()
                .value();
        var before = send("GET", "/api/identity/rules", "", 200).path("document");
        var rules = (ObjectNode) before.deepCopy();
        rules.withArray("blocked")
                .add("400-820-8820")
                .add("bl.info@gmail.com")
                .add("bl.gone@gmail.com")
                .add("13800138000@bl.example");
        send("PUT", "/api/identity/rules", rules.toString(), 200);
        try {
            for (var spelling : List.of("400-820-8820", "4008208820", "400 820 88 20"))
                assertThat(identifiers.of(Identifier.Type.PHONE, spelling))
                        .as(spelling)
                        .isEmpty();
            for (var spelling : List.of("bl.info@gmail.com", "BLinfo@gmail.com", "b.l.info+1@googlemail.com"))
                assertThat(identifiers.of(Identifier.Type.EMAIL, spelling))
                        .as(spelling)
                        .isEmpty();
            assertThat(identifiers.of(Identifier.Type.PHONE, "13800138000"))
                    .as("an address of digits is no telephone number")
                    .isPresent();
            intake("""
                    {"type":"identify","messageId":"bl-2","userId":"bl-one","traits":{"email":"blinfo+1@gmail.com"}},
                    {"type":"identify","messageId":"bl-3","userId":"bl-two","traits":{"email":"b.linfo@gmail.com"}}""");
            for (var user : List.of("bl-one", "bl-two")) {
                var customer = identities.find(Identifier.Type.USER_ID, user).orElseThrow();
                assertThat(identities.identifiersOf(customer)).as(user).hasSize(1);
                assertThat(jdbc.sql(
                                        "select count(*) from reachable_customers where customer_id = :id and channel = 'email'")
                                .param("id", customer.value())
                                .query(Long.class)
                                .single())
                        .as("what is nobody's is not written to")
                        .isZero();
            }
            send("POST", "/api/suppressions", "{\"address\":\"bl.info@gmail.com\",\"reason\":\"legal\"}", 201);
            assertThat(send("POST", "/api/suppressions/search", "{\"address\":\"blinfo@gmail.com\"}", 200)
                            .path("items")
                            .size())
                    .isEqualTo(1);

            tombstones.entomb(Set.of(hash), 4711, false);
            try {
                assertThat(tombstones.areNamedIn("{\"to\":\"blgone@gmail.com\"}"))
                        .as("who was erased stays so")
                        .isTrue();
            } finally {
                tombstones.readmit(Set.of(hash), "test");
            }

            long looks = looksAtBlocked();
            assertThat(send("GET", "/api/identity/rules", "", 200)
                            .at("/document/blocked")
                            .toString())
                    .as("as they were typed, to an administrator")
                    .contains("400-820-8820", "bl.info@gmail.com");
            assertThat(looksAtBlocked()).as("which is written down").isEqualTo(looks + 1);
            var analyst = keys.create("rules: an analyst " + UUID.randomUUID(), Set.of(Role.ANALYST))
                    .secret();
            var masked = send(analyst, "GET", "/api/identity/rules", "", 200).path("document");
            assertThat(masked.path("blocked").valueStream().map(JsonNode::asString))
                    .hasSize(rules.path("blocked").size())
                    .doesNotHaveDuplicates()
                    .allMatch(value -> value.matches("\\*\\*\\* [0-9a-f]{16}"));
            assertThat(looksAtBlocked()).as("marks show nothing").isEqualTo(looks + 1);
            var kept = (ObjectNode) masked.deepCopy();
            kept.withArray("blocked").remove(0);
            var expected = rules.deepCopy();
            expected.withArray("blocked").remove(0);
            assertThat(send("PUT", "/api/identity/rules", kept.toString(), 200).at("/document/blocked"))
                    .as("sent back, marks leave the values as they are")
                    .isEqualTo(expected.path("blocked"));
            assertThat(send("PUT", "/api/identity/rules", masked.toString(), 422)
                            .at("/errors/0/code")
                            .asString())
                    .as("one that is not blocked any more")
                    .isEqualTo("blocked_mark_unknown");
            assertThat(jdbc.sql("select string_agg(detail, ' ') from audit_trail where action = 'identity.rules'")
                            .query(String.class)
                            .single())
                    .as("the audit trail is no place for addresses")
                    .doesNotContain("bl.info@gmail.com");
        } finally {
            send("PUT", "/api/identity/rules", before.toString(), 200);
        }
        assertThat(identifiers.of(Identifier.Type.PHONE, "4008208820")).isPresent();
    }

    private long looksAtBlocked() {
        return jdbc.sql("select count(*) from person_accesses where fields = array['blocked']")
                .query(Long.class)
                .single();
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
        return send(RekindleTest.ADMIN_KEY, method, path, body, status);
    }

    private JsonNode send(String key, String method, String path, String body, int status) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return json.readTree(answer.body());
    }
}
