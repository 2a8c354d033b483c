package io.rekindle.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Consents;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.deliver.links.Links;
import io.rekindle.identity.Identities;
import io.rekindle.identity.IdentityCheck;
import io.rekindle.identity.Merges;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Restore;
import io.rekindle.platform.Vault;
import io.rekindle.profile.Profile;
import io.rekindle.profile.Profiles;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ObjectNode;

/**
 * One person is planted wherever something about a person can come to lie, on a server with both embedded stores, and
 * erased. Then everything is searched: each table, each file of the data folder, the logs of both stores, and a backup of
 * before, restored with the key file of after.
 */
class ErasureTest {
    private static final String WRITE_KEY = "erasure-write-key-0123456789";
    private static final String ADMIN_KEY = "erasure-admin-key-0123456789";
    private static final Caller PLANNER = new Caller("planner", Set.of(Role.PLANNER));

    /** What must not be found: identifiers, personal values, and what is not personal and yet hers. */
    private static final List<String> HERS = List.of(
            "Zenobia.Quillfeather@nowhere.example",
            "+4915123459876",
            "zq-user-77x41",
            "zq-device-5521",
            "Zenobia",
            "Quillfeather",
            "Plumage Lane 17",
            "Xanaduburg",
            "mauve-of-the-north");

    private static final Pattern ID = Pattern.compile("-?\\d{12,19}");

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void afterAnErasureNothingOfThePersonIsFoundAnywhereAndTheFiguresStay() throws Exception {
        var data = TestFolders.newFolder("data");
        var yesterday = TestFolders.newFolder("backup");
        Map<String, String> figures;
        try (var server = RunningServer.start(new DataFolder(data), 0, settings())) {
            var her = plant(server);
            figures = figures(server);
            assertThat(figures)
                    .containsValue("40 1 2 true,40 2 2 true,40 3 3 false,41 1 2 true,41 2 2 true,41 3 3 false of 2");
            long export = exported(server);
            assertThat(found(everywhere(server, data), "Xanaduburg", "mauve-of-the-north", "Zenobia"))
                    .as("the search finds what is in clear, in exported files too")
                    .contains("Xanaduburg", "mauve-of-the-north", "Zenobia");
            assertThat(archive(server, her))
                    .contains(HERS.toArray(String[]::new))
                    .as("what is sealed of her permissions and of her address on a list")
                    .contains("slip 4711 of Zenobia", "a letter of Zenobia Quillfeather", "legal");
            server.client().post("/api/backups", Map.of("folder", yesterday.toString()));
            takeAwayWhatTheBackupHas(server);

            assertThatThrownBy(() -> server.client()
                            .post(
                                    "/api/erasures",
                                    Map.of("customerId", her.toString(), "reason", "Mrs. QUILLFEATHER asked for it")))
                    .hasMessageContaining("must not name them");
            var erasure = server.client()
                    .post("/api/erasures", Map.of("customerId", her.toString(), "reason", "request 4711"))
                    .path("id")
                    .asLong();
            await(server, erasure, Erasure.State.HIDDEN);
            assertThat(server.part(Profiles.class).exists(her)).isFalse();
            awaitRun(server, export, 2);
            assertThat(found(exportedBytes(data), "Zenobia"))
                    .as("a file with personal fields is made anew at once")
                    .isEmpty();
            send(server, late("before the files are written anew"));
            server.client().post("/api/erasures/finish", Map.of());
            awaitRun(server, export, 3);
            var done = server.part(Erasures.class).get(erasure);
            assertThat(done.state()).isEqualTo(Erasure.State.FINISHED);
            assertThat(done.rowsRemoved()).isGreaterThan(5);
            assertThat(done.keysDestroyed()).isGreaterThan(3);

            assertNothingIsFound(everywhere(server, data));
            assertThat(server.part(JdbcClient.class)
                            .sql("select reason, sealed_note is null as bare from suppressions")
                            .query((row, n) -> row.getString("reason") + " " + row.getBoolean("bare"))
                            .list())
                    .as("the address stays on its list, what was noted of her does not")
                    .containsExactly("legal true");
            assertThat(figures(server)).as("past reports").isEqualTo(figures);
            assertTheOtherIsWhole(server);

            // Late, sent again, under a new user id with the old address: nobody comes back that way.
            send(server, late("after"));
            send(server, """
                    {"batch": [{"type": "identify", "messageId": "again-1", "anonymousId": "zq-device-5521", "timestamp": "no time",
                      "traits": {"email": "Zenobia.Quillfeather@nowhere.example", "colour": "mauve-of-the-north"}}]}
                    """);
            send(server, """
                    {"batch": [{"type": "identify", "messageId": "again-2", "userId": "another-number",
                      "traits": {"email": "zenobia.quillfeather@NOWHERE.example", "city": "Xanaduburg"}}]}
                    """);
            assertThat(find(server, Identifier.Type.USER_ID, "another-number")).isEmpty();
            assertNothingIsFound(everywhere(server, data));
            assertThat(figures(server)).isEqualTo(figures);
            theFamilyGoesOn(server);
            assertNothingIsFound(everywhere(server, data));
        }
        assertNothingIsFound(inFiles(data));

        restoreYesterdaysBackup(data, yesterday);
    }

    /** Rows that stay are of nobody: of no table can be told who that was, and those of two people are whole for the other. */
    @Test
    void nothingTellsWhichRandomIdWasWhose() throws Exception {
        var data = TestFolders.newFolder("data");
        try (var server = RunningServer.start(new DataFolder(data), 0, settings())) {
            var her = plant(server);
            var other = find(server, Identifier.Type.USER_ID, "other-user-1").orElseThrow();
            send(server, """
                    {"batch": [{"type": "track", "messageId": "t-1", "userId": "third-user",
                      "anonymousId": "zq-device-5521", "event": "Seen", "properties": {"n": 1}}]}
                    """);
            var third = find(server, Identifier.Type.USER_ID, "third-user").orElseThrow();
            var jdbc = server.part(JdbcClient.class);
            var warehouse = server.part(Warehouse.class);
            nameHerByHerId(server, her, other);
            var merges = server.part(Merges.class);
            merges.undo(merges.mergeByHand(other, her).link().number());
            var standing = merges.mergeByHand(other, third);

            var hers = jdbc.sql("select id from identifiers where customer_id = :her")
                    .param("her", her.value())
                    .query((row, n) -> row.getLong("id"))
                    .list();
            assertThat(hers).contains(her.value()).hasSizeGreaterThan(2).doesNotContain(other.value(), third.value());
            assertThat(idsIn(warehouse, "select aliases as said from events where message_id = 't-1'"))
                    .as("somebody else came with her device")
                    .containsAnyElementsOf(hers);
            assertThat(
                            idsIn(
                                    warehouse,
                                    "select properties as said from events where name like 'Identities %' order by seq limit 1"))
                    .containsExactly(other.value(), her.value());
            assertThat(rowsWith(server, hers)).hasSizeGreaterThan(20);

            var erasure = server.client()
                    .post(
                            "/api/erasures",
                            Map.of("customerId", her.toString(), "reason", "request 4711 of %s".formatted(her)))
                    .path("id")
                    .asLong();
            await(server, erasure, Erasure.State.HIDDEN);
            server.client().post("/api/erasures/finish", Map.of());
            assertThat(server.part(Erasures.class).get(erasure).state()).isEqualTo(Erasure.State.FINISHED);

            assertThat(rowsWith(server, hers))
                    .as("nowhere but on the list of addresses that are not written to, as nobody's")
                    .singleElement()
                    .asString()
                    .startsWith("(email,")
                    .contains(",legal,");
            var nobodies = jdbc.sql("select customer_id from nobodies")
                    .query((row, n) -> row.getLong("customer_id"))
                    .list();
            assertThat(nobodies).hasSameSizeAs(hers);
            long nobody = jdbc.sql("select customer_id from messages where message_id = 90")
                    .query(Long.class)
                    .single();
            assertThat(jdbc.sql(
                                    "select action || ' ' || thing from audit_trail where thing like 'customer %' order by id")
                            .query(String.class)
                            .list())
                    .as("that something was done, with nobody")
                    .containsExactly(
                            "archive.made customer " + nobody,
                            "consent.set customer " + nobody,
                            "consent.link_given customer " + nobody,
                            "tag.given customer " + nobody);
            assertThat(jdbc.sql(
                                    "select distinct thing from audit_trail where action in ('identity.merge', 'identity.unmerge')")
                            .query(String.class)
                            .list())
                    .containsExactlyInAnyOrder(
                            "customers %s and %s".formatted(other, nobody),
                            "customers %s and %s".formatted(other, third));
            assertThat(warehouse.query(
                            Sql.of("select batch_id from batches where batch_id like 'tag:%' order by 1"),
                            row -> row.text("batch_id").replaceFirst("2026-.*", "…")))
                    .containsExactlyInAnyOrder(
                            "tag:key_account:hand:…",
                            "tag:key_account:hand:%d:…".formatted(nobody),
                            "tag:key_account:hand:%d:…".formatted(nobody),
                            "tag:key_account:hand:%s:…".formatted(other));
            assertThat(
                            idsIn(
                                    warehouse,
                                    "select properties as said from events where name like 'Identities %' order by seq limit 1"))
                    .as("the other's merge with her")
                    .containsExactly(other.value(), nobody);

            var check = server.part(IdentityCheck.class);
            assertThat(check.check().findings()).isEmpty();
            assertThat(server.client()
                            .post(
                                    "/api/identity/rules/dry-run",
                                    server.client().get("/api/identity/rules").path("document"))
                            .path("wouldSplit")
                            .asInt())
                    .isZero();
            merges.undo(standing.link().number());
            assertThat(server.part(Identities.class).canonical(third)).isEqualTo(third);
            assertThat(check.check().findings()).isEmpty();
            assertTheOtherIsWhole(server);
        }
    }

    /** Where she stands by her id: in the trail of changes, and in the ids of batches as they once were. */
    private void nameHerByHerId(RunningServer server, CustomerId her, CustomerId other) throws Exception {
        archive(server, her);
        var client = server.client();
        client.put(
                "/api/customers/%s/consent".formatted(her),
                Map.of("purpose", "marketing", "channel", "email", "granted", true));
        client.post("/api/customers/%s/preference-link".formatted(her), Map.of());
        client.post(
                "/api/tags",
                Map.of(
                        "key",
                        "key_account",
                        "definition",
                        Map.of(
                                "name", Map.of("en", "Key account", "zh", "大客户"),
                                "description", Map.of("en", "By hand.", "zh", "人工。"),
                                "owner", "crm",
                                "type", "boolean",
                                "kind", "manual")));
        client.post("/api/tags/key_account/approve", Map.of("version", 1));
        client.put("/api/customers/%s/tags/key_account".formatted(her), Map.of("value", "true"));
        var at = Instant.parse("2026-02-01T00:00:00Z");
        for (var one : List.of(
                "%s:2026-02-01T00:00:00Z:1".formatted(her),
                "%s:2026-02-01T00:00:00Z:2".formatted(her),
                "%s:2026-02-01T00:00:00Z:1".formatted(other)))
            server.part(Warehouse.class)
                    .append(
                            "tag_changes",
                            "tag:key_account:hand:" + one,
                            Rows.written(rows -> rows.value(her.value())
                                    .value("key_account")
                                    .value("true")
                                    .value(at)
                                    .value(1)
                                    .value(-1L)
                                    .end()));
    }

    /** The numbers of an id's length in what a query says. */
    private static List<Long> idsIn(Warehouse warehouse, String sql) {
        return warehouse.query(Sql.of(sql), row -> row.text("said")).stream()
                .flatMap(said -> ID.matcher(said).results())
                .map(found -> Long.parseLong(found.group()))
                .toList();
    }

    /** Rows of either store in which some of these ids stand, in any form in which an id is written. */
    private static List<String> rowsWith(RunningServer server, List<Long> ids) {
        var forms = new ArrayList<String>();
        for (var id : ids) {
            var decimal = Long.toString(id);
            var bytes = java.nio.ByteBuffer.allocate(Long.BYTES).putLong(id).array();
            forms.addAll(List.of(
                    decimal,
                    Long.toUnsignedString(id),
                    HexFormat.of().toHexDigits(id),
                    HexFormat.of().withUpperCase().toHexDigits(id),
                    HexFormat.of().toHexDigits(Long.reverseBytes(id)),
                    HexFormat.of().formatHex(decimal.getBytes(StandardCharsets.US_ASCII)),
                    Base64.getEncoder().withoutPadding().encodeToString(bytes),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
        }
        var rows = EverythingStored.inPostgresql(server.part(JdbcClient.class))
                + EverythingStored.inTheWarehouse(server.part(Warehouse.class));
        return rows.lines()
                .filter(row -> forms.stream().anyMatch(row::contains))
                .toList();
    }

    /** What is gone before she is erased lies sealed in the backup all the same. */
    private static void takeAwayWhatTheBackupHas(RunningServer server) {
        var suppressions = server.part(Suppressions.class);
        long source = server.part(JdbcClient.class)
                .sql("select max(id) from sources")
                .query(Long.class)
                .single();
        server.part(TransactionTemplate.class)
                .executeWithoutResult(status -> suppressions.remove(
                        "email", suppressions.addressHash("email", "old-mailbox@nowhere.example"), null, null));
        assertThat(server.client()
                        .post("/api/sources/%d/quarantine/discard".formatted(source), Map.of("type", "track"))
                        .path("items")
                        .asInt())
                .isEqualTo(1);
    }

    /** The link of an old mail works for years. What came in between the two steps, by whatever way, goes with the second. */
    @Test
    void unsubscribingByAnOldMailKeepsNothingOfWhoIsErased() throws Exception {
        try (var server = RunningServer.start(new DataFolder(TestFolders.newFolder("data")), 0, settings())) {
            var her = plant(server);
            var jdbc = server.part(JdbcClient.class);
            var token = server.part(Links.class).unsubscribeUrl(90).replaceFirst(".*/u/", "/u/");
            var ids = jdbc.sql("select id from identifiers where customer_id = :her")
                    .param("her", her.value())
                    .query((row, n) -> row.getLong("id"))
                    .list();
            long erasure = server.client()
                    .post("/api/erasures", Map.of("customerId", her.toString(), "reason", "request 4711"))
                    .path("id")
                    .asLong();
            await(server, erasure, Erasure.State.HIDDEN);
            assertThat(unsubscribe(server, token)).contains("We keep nothing about the recipient");
            assertThat(consentRows(jdbc, ids)).isZero();
            // As a call that had begun before and ended after her rows went.
            jdbc.sql("""
                            insert into consent_evidence
                                (customer_id, purpose, channel, topic, granted, source, said_at, sealed_proof)
                            values (:her, 'marketing', 'email', '', false, 'late', '2026-03-01T00:00:00Z', :sealed)
                            """)
                    .param("her", her.value())
                    .param(
                            "sealed",
                            server.part(Vault.class)
                                    .seal("consent-proof", "of Zenobia".getBytes(StandardCharsets.UTF_8)))
                    .update();
            var late = jdbc.sql("select sealed_proof from consent_evidence where source = 'late'")
                    .query((row, n) -> row.getBytes("sealed_proof"))
                    .single();
            server.client().post("/api/erasures/finish", Map.of());
            assertThat(consentRows(jdbc, ids)).isZero();
            assertThat(server.part(Vault.class).isDestroyed(late)).isTrue();
            assertThat(server.part(Erasures.class).get(erasure).state()).isEqualTo(Erasure.State.FINISHED);

            var nobody = jdbc.sql("select customer_id from messages where message_id = 90")
                    .query((row, n) -> row.getLong("customer_id"))
                    .single();
            assertThat(ids).doesNotContain(nobody);
            assertThat(unsubscribe(server, token)).contains("We keep nothing about the recipient");
            assertThat(consentRows(jdbc, List.of(nobody))).isZero();
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                    Problem.class,
                                    () -> server.part(Consents.class)
                                            .set(new CustomerId(nobody), "marketing", "email", false, "a test"))
                            .code())
                    .isEqualTo("customer_not_found");
            assertThat(unsubscribe(
                            server, server.part(Links.class).unsubscribeUrl(91).replaceFirst(".*/u/", "/u/")))
                    .as("the other")
                    .contains("You are unsubscribed");
        }
    }

    private static long consentRows(JdbcClient jdbc, List<Long> ids) {
        long rows = 0;
        for (var place : List.of(
                "consents.customer_id",
                "consent_sayings.identity_id",
                "consent_changes_pending.customer_id",
                "consent_evidence.customer_id")) {
            var table = place.substring(0, place.indexOf('.'));
            rows += jdbc.sql("select count(*) from %s where %s = any (:ids)".formatted(table, place))
                    .param("ids", ids.toArray(Long[]::new))
                    .query(Long.class)
                    .single();
        }
        return rows;
    }

    private String unsubscribe(RunningServer server, String path) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Accept-Language", "en")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Who has a telephone or an address in common with her is taken without it, and does not bring her back. */
    private void theFamilyGoesOn(RunningServer server) throws Exception {
        send(server, """
                {"batch": [
                  {"type": "identify", "messageId": "family-1", "userId": "other-user-1",
                   "traits": {"email": "zenobia.quillfeather@nowhere.example", "phone": "+49 151 23459876", "hat": "green",
                     "nickname": "Bystanderine"},
                   "context": {"externalIds": [{"type": "email", "id": "zenobia.quillfeather@nowhere.example"}]}},
                  {"type": "identify", "messageId": "family-2", "userId": "spouse-1",
                   "traits": {"phone": "+4915123459876", "hat": "blue"}},
                  {"type": "track", "messageId": "family-3", "userId": "spouse-1", "event": "Signed Up",
                   "context": {"traits": {"phone": "+4915123459876"}}},
                  {"type": "track", "messageId": "family-4", "userId": "spouse-1", "event": "Seen",
                   "properties": {"friend": "zq-user-77x41"}, "context": {"traits": {"phone": "+4915123459876"}}},
                  {"type": "identify", "messageId": "family-5", "userId": "zq-user-77x41", "traits": {"hat": "mauve"}}]}
                """);
        var other = find(server, Identifier.Type.USER_ID, "other-user-1").orElseThrow();
        assertThat(server.part(Profiles.class).get(other, PLANNER).orElseThrow().traits())
                .extracting(t -> t.name() + "=" + t.value().asString(""))
                .contains("hat=green", "email=other@nowhere.example")
                .noneMatch(t -> t.startsWith("phone="));
        var spouse = find(server, Identifier.Type.USER_ID, "spouse-1").orElseThrow();
        assertThat(server.part(Profiles.class)
                        .get(spouse, PLANNER)
                        .orElseThrow()
                        .traits())
                .extracting(t -> t.name() + "=" + t.value().asString())
                .containsExactlyInAnyOrder("userId=spouse-1", "hat=blue");
        assertThat(server.part(Warehouse.class)
                        .query(
                                Sql.of(
                                        "select message_id from events_now where customer_id = ? order by 1",
                                        spouse.value()),
                                row -> row.text("message_id")))
                .as("what names her in clear is refused as a whole")
                .containsExactly("family-2", "family-3");
        assertThat(find(server, Identifier.Type.PHONE, "+4915123459876")).isEmpty();
        assertThat(find(server, Identifier.Type.USER_ID, "zq-user-77x41")).isEmpty();
    }

    private void restoreYesterdaysBackup(Path data, Path yesterday) throws Exception {
        var restored = TestFolders.newFolder("restored");
        var place = TestPostgres.newDatabase();
        var keys = PlatformSettings.defaultKeyFile(data);
        Restore.restore(
                yesterday,
                restored,
                keys,
                PlatformSettings.defaultKeyFile(restored),
                new DatabaseSettings(place.url(), place.user(), place.password(), 2),
                Instant.parse("2026-05-01T12:00:00Z"));
        var settings = settings();
        settings.put("rekindle.database.url", place.url());
        settings.put("rekindle.database.user", place.user());
        settings.put("rekindle.database.password", place.password());
        assertThat(openedWithTodaysKeys(place, Vault.ofKeyFile(keys, null, null)))
                .as("of the sealed values of the backup, today's keys open the other's and none of hers")
                .contains("Bystander")
                .doesNotContain(sealed());
        try (var server = RunningServer.start(new DataFolder(restored), 0, settings)) {
            var jdbc = server.part(JdbcClient.class);
            long again =
                    jdbc.sql("select max(id) from erasures").query(Long.class).single();
            await(server, again, Erasure.State.HIDDEN);
            server.client().post("/api/erasures/finish", Map.of());
            assertNothingIsFound(List.of(
                    EverythingStored.inPostgresql(jdbc).getBytes(StandardCharsets.UTF_8),
                    EverythingStored.inTheWarehouse(server.part(Warehouse.class))
                            .getBytes(StandardCharsets.UTF_8)));
            assertThat(find(server, Identifier.Type.EMAIL, HERS.getFirst())).isEmpty();
            assertTheOtherIsWhole(server);

            // The way back: she signs up anew.
            send(server, """
                    {"batch": [
                      {"type": "track", "messageId": "new-1", "event": "Signed Up", "userId": "zq-user-77x41"},
                      {"type": "identify", "messageId": "new-2", "userId": "zq-user-77x41", "anonymousId": "zq-device-5521",
                       "traits": {"firstName": "Zenobia", "email": "Zenobia.Quillfeather@nowhere.example"}}]}
                    """);
            var back = find(server, Identifier.Type.USER_ID, "zq-user-77x41").orElseThrow();
            assertThat(server.part(Profiles.class)
                            .get(back, PLANNER)
                            .orElseThrow()
                            .traits())
                    .extracting(Profile.Trait::name)
                    .as("with all that was erased together")
                    .containsExactlyInAnyOrder("userId", "firstName", "email");
            assertThat(find(server, Identifier.Type.EMAIL, HERS.getFirst())).hasValue(back);
            assertThat(find(server, Identifier.Type.ANONYMOUS_ID, "zq-device-5521"))
                    .hasValue(back);
            assertThat(server.part(Warehouse.class)
                            .first(
                                    Sql.of("select count(*) as n from events_now where customer_id = ?", back.value()),
                                    row -> row.longValue("n")))
                    .as("she begins without a past")
                    .hasValue(2L);
            // As a kill leaves it right after the exchange of keys has begun.
            server.part(Vault.class).beginRotation();
            send(server, """
                    {"batch": [{"type": "identify", "messageId": "new-3", "userId": "third-user", "traits": {"firstName": "Thirdly"}}]}
                    """);
        }
        var newKeys = PlatformSettings.defaultKeyFile(restored);
        var both = Files.readString(newKeys);
        try (var server = RunningServer.start(new DataFolder(restored), 0, settings)) {
            within("the exchange goes on after a restart")
                    .until(() -> !server.part(KeyRotation.class).progress().rotating());
            assertThat(server.part(KeyRotation.class).progress().failure()).isNull();
            assertTheOtherIsWhole(server);
            assertThat(openedWithTodaysKeys(place, Vault.ofKeyFile(newKeys, null, null)))
                    .contains("Bystander", "Thirdly", "other-user-1");
            assertThat(both).contains("generation 1 ", "generation 2 ");
            assertThat(Files.readString(newKeys)).contains("generation 2 ").doesNotContain("generation 1 ");
            assertThat(openedWithTodaysKeys(place, Vault.ofKeyFile(keys, null, null)))
                    .as("the keys of before open nothing any more")
                    .doesNotContain("Bystander", "other-user-1");
        }
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                Problem.class,
                                () -> Restore.restore(
                                        yesterday,
                                        TestFolders.newFolder("again"),
                                        newKeys,
                                        TestFolders.newFolder("again").resolve("rekindle.key"),
                                        new DatabaseSettings(place.url(), place.user(), place.password(), 2),
                                        Instant.parse("2026-05-01T12:00:00Z")))
                        .code())
                .isEqualTo("keys_rotated");
    }

    /** Puts her, and somebody else beside her, wherever something about a person can come to lie. */
    private CustomerId plant(RunningServer server) throws Exception {
        send(server, """
                {"batch": [
                  {"type": "page", "messageId": "zq-user-77x41-1", "anonymousId": "zq-device-5521", "name": "Home",
                   "properties": {"path": "/from/Xanaduburg"}},
                  {"type": "identify", "messageId": "p-2", "userId": "zq-user-77x41", "anonymousId": "zq-device-5521",
                   "traits": {"email": "Zenobia.Quillfeather@nowhere.example", "phone": "+4915123459876",
                     "firstName": "Zenobia", "lastName": "Quillfeather", "address": {"street": "Plumage Lane 17"},
                     "city": "Xanaduburg", "colour": "mauve-of-the-north", "consent": {"email": true, "proof": "slip 4711 of Zenobia"}}},
                  {"type": "track", "messageId": "p-3", "userId": "zq-user-77x41", "event": "Order Completed",
                   "properties": {"order_id": "E-1", "total": 25, "currency": "EUR", "shipped_to": "Xanaduburg",
                     "products": [{"product_id": "feather", "price": 25, "quantity": 1}]}},
                  {"type": "identify", "messageId": "o-1", "userId": "other-user-1",
                   "traits": {"email": "other@nowhere.example", "firstName": "Bystander", "city": "Elsewhere"}},
                  {"type": "track", "messageId": "o-2", "userId": "other-user-1", "event": "Order Completed",
                   "properties": {"order_id": "E-2", "total": 40, "currency": "EUR",
                     "products": [{"product_id": "hat", "price": 40, "quantity": 1}]}},
                  {"type": "identify", "messageId": "o-3", "userId": "other-user-1",
                   "traits": {"referredBy": "zq-user-77x41", "circle": ["zq-user-77x41", "a-third-1"], "shelf": "by zq-user-77x41's, left", "seats": 2}},
                  {"type": "track", "messageId": "o-4", "userId": "other-user-1", "event": "Invited",
                   "properties": {"invited_by": "zq-user-77x41", "fee": 2.50, "with": [{"guest": "zq-user-77x41", "n": 1}, {"guest": "a-third-1"}],
                     "ticket": "zq-user-77x4", "path": "/of/zq-user-77x41/gate", "size": "41"},
                   "context": {"campaign": {"content": "zq-user-77x41"}}},
                  {"type": "identify", "messageId": "x-1", "userId": "zq-user-77x41", "timestamp": "no time",
                   "traits": {"email": "zenobia.quillfeather@nowhere.example"}},
                  {"type": "track", "messageId": "x-2", "event": "Seen", "anonymousId": "zq-device-5521", "timestamp": "no time"},
                  {"type": "track", "messageId": "x-3", "event": "Seen", "userId": "other-user-1", "timestamp": "no time"}]}
                """);
        var her = find(server, Identifier.Type.EMAIL, HERS.getFirst()).orElseThrow();
        var other = find(server, Identifier.Type.USER_ID, "other-user-1").orElseThrow();
        var jdbc = server.part(JdbcClient.class);
        var vault = server.part(Vault.class);
        server.part(AuditTrail.class)
                .record(
                        AuditTrail.REASON_OF_A_MERGE,
                        "customers %s and %s".formatted(other, her),
                        "has her hair cut by Zenobia");
        server.part(AuditTrail.class).record("note.made", "note", "asked by zenobia.quillfeather@nowhere.example");
        server.part(TransactionTemplate.class)
                .executeWithoutResult(status -> server.part(Suppressions.class)
                        .add(
                                "email",
                                HERS.getFirst(),
                                Suppression.Reason.LEGAL,
                                null,
                                "a letter of Zenobia Quillfeather",
                                "test"));
        server.part(TransactionTemplate.class)
                .executeWithoutResult(status -> server.part(Suppressions.class)
                        .add(
                                "email",
                                "old-mailbox@nowhere.example",
                                Suppression.Reason.MANUAL,
                                null,
                                "Zenobia's mailbox of before",
                                "test"));
        jdbc.sql("""
                        insert into quarantined_items (source_id, id_high, id_low, plan_version, message_id, type, name, rules,
                            identifiers, occurred_at, received_at, state, sealed)
                        values ((select max(id) from sources), 1, 1, 1, 'q-1', 'track', 'Seen', '{"total: required"}', '{}', '2026-02-01T00:00:00Z',
                            '2026-02-01T00:00:00Z', 'waiting', :sealed)
                        """)
                .param(
                        "sealed",
                        vault.seal(
                                "quarantine",
                                "{\"item\":\"{\\\"userId\\\":\\\"zq-user-77x41\\\"}\",\"context\":\"\"}"
                                        .getBytes(StandardCharsets.UTF_8)))
                .update();
        jdbc.sql("""
                        insert into imports (file_name, dry_run, state, mapping, created_at, created_by)
                        values ('orders.csv', true, 'done', '{"fields": {}}', '2026-02-01T00:00:00Z', 'test')
                        """).update();
        jdbc.sql("""
                        insert into import_rejects (import_id, row_number, reason, detail, sealed)
                        select max(id), 7, 'bad_time', 'no time', :sealed from imports
                        """)
                .param(
                        "sealed",
                        vault.seal("import-row", "{\"customer\":\"zq-user-77x41\"}".getBytes(StandardCharsets.UTF_8)))
                .update();
        jdbc.sql("""
                        insert into idempotent_answers (caller, key, request_hash, status, content_type, body, created_at)
                        values ('key:1', 'preview', '\\x00', 200, 'application/json', :sealed, '2099-01-01T00:00:00Z')
                        """)
                .param(
                        "sealed",
                        vault.seal(
                                "idempotent-answer",
                                "{\"to\":\"Zenobia.Quillfeather@nowhere.example\"}".getBytes(StandardCharsets.UTF_8)))
                .update();
        jdbc.sql("""
                        insert into message_runs (run_id, campaign_id, purpose, channel, template_id, template_version,
                            window_from, window_to, expires_at, finished)
                        values (9, 9, 'marketing', 'email', 1, 1, '09:00', '20:00', '2099-01-01T00:00:00Z', true)
                        """).update();
        jdbc.sql("""
                        insert into messages (message_id, decision_id, run_id, campaign_id, channel, customer_id, state, reason, detail,
                            due_at, changed_at)
                        values (90, 900, 9, 9, 'email', :her, 'failed', 'refused', '550 <Zenobia.Quillfeather@nowhere.example> unknown',
                            '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z'),
                            (91, 901, 9, 9, 'email', :other, 'sent', null, null, '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z')
                        """).param("her", her.value()).param("other", other.value()).update();
        var rules = server.client().get("/api/identity/rules").path("document");
        ((ObjectNode) rules).withArray("blocked").add(HERS.get(1)).add("+493012345");
        server.client().put("/api/identity/rules", rules);
        var at = Instant.parse("2026-02-01T00:00:00Z");
        server.part(Warehouse.class)
                .append(
                        "messages",
                        "planted",
                        Rows.written(rows -> rows.value(90L)
                                .value(900L)
                                .value(9L)
                                .value(9L)
                                .value(her.value())
                                .value("email")
                                .value("failed")
                                .value("refused")
                                .value(at)
                                .value("550 <Zenobia.Quillfeather@nowhere.example> unknown")
                                .end()));
        server.part(Warehouse.class).append("stage_changes", "planted", Rows.written(rows -> {
            rows.value(her.value()).value("new").value(at).end();
            rows.value(other.value()).value("growing").value(at).end();
        }));
        measured(server.part(Warehouse.class), her, other);
        return her;
    }

    /**
     * Two runs drew both of her identities, for different arms, and the other; by 40 no version wrote yet which decision
     * counts: it is the one about the id she goes by, and not the one with the smaller number.
     */
    private static void measured(Warehouse warehouse, CustomerId her, CustomerId other) {
        long device = warehouse
                .first(
                        Sql.of(
                                "select alias_id from identity_now where customer_id = ? and alias_id <> ? order by alias_id",
                                her.value(),
                                her.value()),
                        row -> row.longValue("alias_id"))
                .orElseThrow();
        for (long run : List.of(40L, 41L)) {
            warehouse.append(
                    "decisions",
                    "planted " + run,
                    Rows.selected(Sql.of("""
                            select d.id, ?, ?, d.customer, true, null, d.arm, 0.5, 'aa', 'send', null, 'email', null, null, null, null,
                                timestamp '2026-02-01'
                            from (values (1, ?, 'treatment'), (2, ?, 'holdout'), (3, ?, 'holdout')) d (id, customer, arm)
                            """, run, run, device, her.value(), other.value())));
            warehouse.append("outcomes", "planted " + run, Rows.selected(Sql.of("""
                            select decision_id, run_id, campaign_id, case when run_id = 40 then n.customer_id else d.customer_id end, arm,
                                decided_at, decided_at, true, 1, 25, 0, 0, 0, 0, 25, 0, 0, decided_at, null,
                                case when run_id = 41 then greatest(decision_id, 2) end, case when run_id = 41 then decision_id < 3 end
                            from decisions d join (select decision_id, run_id, customer_id from decisions_now) n using (decision_id, run_id)
                            where run_id = ?
                            """, run)));
        }
    }

    private static String late(String id) {
        return """
                {"batch": [
                  {"type": "track", "messageId": "late %1$s", "anonymousId": "zq-device-5521", "event": "Seen",
                   "timestamp": "2026-01-01T00:00:00Z", "properties": {"from": "Xanaduburg"}},
                  {"type": "track", "messageId": "bad %1$s", "userId": "zq-user-77x41", "event": "Signed Up",
                   "timestamp": "2020-01-01T00:00:00Z", "context": {"traits": {"email": "Zenobia.Quillfeather@nowhere.example"}}}]}
                """.formatted(id);
    }

    /** What reports are made of: each must be the same to the last digit. */
    private static Map<String, String> figures(RunningServer server) {
        var figures = new HashMap<String, String>();
        for (var sql : List.of(
                "select count(*) || ' ' || count(distinct customer_id) || ' ' || sum(net) as f from orders_now",
                "select count(*) || ' ' || count(distinct customer_id) || ' ' || sum(amount) as f from order_lines_now",
                "select sum(events) || ' ' || count(distinct customer_id) || ' ' || sum(amount) as f from event_days_now",
                "select count(*) || ' ' || count(distinct customer_id) || ' ' || max(seq) as f from events_now",
                "select string_agg(state || customers, ',' order by state) as f from (select state, count(*) as customers from messages_now group by state)",
                "select string_agg(stage || n, ',' order by stage) as f from (select stage, count(*) as n from stages_now group by stage)",
                "select count(*) || ' ' || count(*) filter (where granted) as f from consent_now",
                // Whoever was one person counts where they counted.
                "select string_agg(concat_ws(' ', run_id, decision_id, counted_decision_id, contaminated), ',' order by run_id, decision_id)"
                        + " || ' of ' || count(distinct customer_id) as f from outcomes_now",
                // Orders and stages of one person still are of one person.
                "select string_agg(stage || net, ',' order by stage) as f from stages_now join orders_now using (customer_id)"))
            figures.put(
                    sql,
                    server.part(Warehouse.class)
                            .first(Sql.of(sql), row -> row.text("f"))
                            .orElseThrow());
        figures.put(
                "messages",
                server.part(JdbcClient.class)
                        .sql(
                                "select string_agg(state || n, ',' order by state) from (select state, count(*) as n from messages group by state) m")
                        .query(String.class)
                        .single());
        return figures;
    }

    private static void assertTheOtherIsWhole(RunningServer server) {
        var other = find(server, Identifier.Type.EMAIL, "other@nowhere.example").orElseThrow();
        assertThat(server.part(Profiles.class).get(other, PLANNER).orElseThrow().traits())
                .extracting(t -> t.name() + "=" + t.value().asString(""))
                .contains("email=other@nowhere.example", "firstName=Bystander", "city=Elsewhere");
        assertThat(server.part(JdbcClient.class)
                        .sql(
                                "select trait || '=' || value from traits where trait in ('referredBy', 'circle', 'shelf', 'seats') order by 1")
                        .query(String.class)
                        .list())
                .as("what the other says, without her")
                .containsExactlyInAnyOrder(
                        "circle=[\"[erased]\", \"a-third-1\"]",
                        "referredBy=\"[erased]\"",
                        "seats=2",
                        "shelf=\"by [erased]'s, left\"");
        assertThat(server.part(Warehouse.class)
                        .query(
                                Sql.of(
                                        "select trait, value from trait_changes where trait in ('referredBy', 'shelf', 'seats') order by 1"),
                                row -> row.text("trait") + "=" + row.nullableText("value")))
                .containsExactly("referredBy=\"[erased]\"", "seats=2", "shelf=\"by [erased]'s, left\"");
        assertThat(server.part(Warehouse.class)
                        .query(
                                Sql.of("select properties, context from events where message_id = 'o-4'"),
                                row -> row.nullableText("properties") + row.nullableText("context")))
                .singleElement()
                .asString()
                .startsWith("""
                        {"invited_by":"[erased]","fee":2.50,"with":[{"guest":"[erased]","n":1},{"guest":"a-third-1"}],\
                        "ticket":"zq-user-77x4","path":"/of/[erased]/gate","size":"41"}{""")
                .contains("\"content\":\"[erased]\"");
        assertThat(server.part(JdbcClient.class)
                        .sql("select count(*) from rejected_items where reason = 'bad_timestamp'")
                        .query(Long.class)
                        .single())
                .as("the other's rejected item, and one of hers of which nothing is kept")
                .isBetween(1L, 2L);
    }

    private static java.util.Optional<CustomerId> find(RunningServer server, Identifier.Type type, String value) {
        return server.part(Identities.class).find(type, value);
    }

    /** Every sealed value of a database, opened where these keys open it. */
    private static String openedWithTodaysKeys(TestPostgres.Place place, Vault vault) {
        var source = new org.springframework.jdbc.datasource.DriverManagerDataSource(
                place.url(), place.user(), place.password());
        var jdbc = JdbcClient.create(source);
        var text = new StringBuilder();
        record Column(String table, String name) {}
        var columns = jdbc.sql("""
                        select table_name, column_name from information_schema.columns
                        where table_schema = 'public' and data_type = 'bytea'
                        """)
                .query((row, n) -> new Column(row.getString("table_name"), row.getString("column_name")))
                .list();
        var contexts = List.of(
                "intake",
                "rejected",
                "import-row",
                "idempotent-answer",
                "message-link",
                "quarantine",
                "suppression-note",
                "consent-proof");
        for (var column : columns)
            jdbc.sql("select %s as sealed from %s where %1$s is not null".formatted(column.name(), column.table()))
                    .query(row -> {
                        for (var context : contexts) text.append(opened(vault, context, row.getBytes("sealed")));
                    });
        jdbc.sql("""
                        select f.field, f.sealed, k.wrapped from personal_fields f
                        join person_keys k on k.customer_id = f.customer_id
                        """).query(row -> {
            try {
                text.append(vault.openField(
                        vault.unwrap(row.getBytes("wrapped")), row.getString("field"), row.getBytes("sealed")));
            } catch (Problem destroyed) {
                text.append('-');
            }
        });
        return text.toString();
    }

    private static String opened(Vault vault, String context, byte[] sealed) {
        try {
            return new String(vault.open(context, sealed), StandardCharsets.UTF_8);
        } catch (Problem notThisOne) {
            return "";
        }
    }

    /** What of hers was never stored but sealed. */
    private static String[] sealed() {
        return HERS.subList(0, 7).toArray(String[]::new);
    }

    private static List<byte[]> everywhere(RunningServer server, Path data) throws IOException {
        var all = new ArrayList<>(inFiles(data));
        all.add(EverythingStored.inPostgresql(server.part(JdbcClient.class)).getBytes(StandardCharsets.UTF_8));
        all.add(EverythingStored.inTheWarehouse(server.part(Warehouse.class)).getBytes(StandardCharsets.UTF_8));
        return all;
    }

    /** Every byte of every file of the folder; PostgreSQL's own programs aside, which nobody writes to. */
    private static List<byte[]> inFiles(Path folder) throws IOException {
        var all = new ArrayList<byte[]>();
        for (var file : TestFolders.filesIn(folder)) {
            if (file.startsWith(folder.resolve("postgres-binaries"))) continue;
            try {
                all.add(Files.readAllBytes(file));
                if (file.toString().endsWith(".gz"))
                    try (var unpacked = new GZIPInputStream(Files.newInputStream(file))) {
                        all.add(unpacked.readAllBytes());
                    }
            } catch (java.nio.file.NoSuchFileException goneMeanwhile) {
                assertThat(file).doesNotExist();
            }
        }
        return all;
    }

    private static void assertNothingIsFound(List<byte[]> texts) {
        assertThat(found(texts, HERS.toArray(String[]::new))).isEmpty();
    }

    /** Which of these values stand in the texts, in any of the forms a program may have given them. One pass. */
    private static Set<String> found(List<byte[]> texts, String... values) {
        @SuppressWarnings("ArrayRecordComponent") // compared by hand
        record Form(String value, byte[] bytes) {}
        var byStart = new HashMap<Integer, List<Form>>();
        var starts = new java.util.BitSet(1 << 16);
        for (var value : values)
            for (var form : forms(value)) {
                byStart.computeIfAbsent(java.nio.ByteBuffer.wrap(form).getInt(), k -> new ArrayList<>())
                        .add(new Form(value, form));
                starts.set(((form[0] & 0xff) << 8) | (form[1] & 0xff));
            }
        var found = new java.util.TreeSet<String>();
        for (var text : texts)
            for (int i = 0; i + 4 <= text.length; i++) {
                if (!starts.get(((text[i] & 0xff) << 8) | (text[i + 1] & 0xff))) continue;
                int start = java.nio.ByteBuffer.wrap(text, i, 4).getInt();
                for (var form : byStart.getOrDefault(start, List.of())) {
                    int end = i + form.bytes().length;
                    if (end <= text.length && java.util.Arrays.equals(text, i, end, form.bytes(), 0, end - i))
                        found.add(form.value());
                }
            }
        return found;
    }

    private static List<byte[]> forms(String value) {
        var forms = new ArrayList<byte[]>();
        for (var spelling :
                Set.copyOf(List.of(value, value.toLowerCase(Locale.ROOT), value.toUpperCase(Locale.ROOT)))) {
            for (Charset charset :
                    List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE))
                forms.add(spelling.getBytes(charset));
            var bytes = spelling.getBytes(StandardCharsets.UTF_8);
            forms.add(HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
            forms.add(HexFormat.of().withUpperCase().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
            forms.add(URLEncoder.encode(spelling, StandardCharsets.UTF_8).getBytes(StandardCharsets.US_ASCII));
            // In the middle of something, base64 of a text begins at any of three places.
            for (int skip = 0; skip < 3; skip++) {
                int whole = (bytes.length - skip) / 3 * 3;
                if (whole >= 6)
                    forms.add(Base64.getEncoder().encode(java.util.Arrays.copyOfRange(bytes, skip, skip + whole)));
            }
        }
        return forms;
    }

    private String archive(RunningServer server, CustomerId her) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(server.url() + "/api/customers/" + her + "/archive"))
                        .header("Authorization", "Bearer " + ADMIN_KEY)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        var names = new ArrayList<String>();
        var all = new StringBuilder();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                all.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(names)
                .contains("index.html", "data.json", "csv/profile-fields.csv", "csv/history-orders.csv")
                .contains("csv/collect-not_used.csv", "csv/deliver-messages.csv", "csv/consent-consents.csv")
                .contains("csv/consent-proofs.csv", "csv/consent-not_written_to.csv");
        assertThat(all.toString()).doesNotContain("Bystander", "other@nowhere.example");
        return all.toString();
    }

    private void send(RunningServer server, String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(server.url() + "/v1/batch"))
                        .header("X-Write-Key", WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        server.part(Tails.class).awaitAll(server.part(EventLog.class).lastSeq());
    }

    /** Has her, in clear, in files. */
    private static long exported(RunningServer server) throws InterruptedException {
        long id = server.client()
                .post(
                        "/api/exports",
                        Map.of(
                                "name",
                                "all",
                                "form",
                                "csv",
                                "data",
                                List.of("profiles", "events"),
                                "personal",
                                "clear"))
                .path("id")
                .asLong();
        server.client().post("/api/exports/%d/run".formatted(id), Map.of());
        awaitRun(server, id, 1);
        return id;
    }

    private static List<byte[]> exportedBytes(Path data) throws IOException {
        return inFiles(data.resolve("exports"));
    }

    private static void awaitRun(RunningServer server, long export, int number) {
        within("the export is made")
                .until(
                        () -> server.client()
                                .get("/api/exports/%d/runs".formatted(export))
                                .path("items"),
                        runs -> runs.size() == number
                                && runs.path(0).path("state").asString().equals("done"));
    }

    private static void await(RunningServer server, long erasure, Erasure.State state) {
        within("the job runs")
                .until(() -> server.part(Erasures.class).get(erasure).state().compareTo(state) >= 0);
    }

    private static ConditionFactory within(String what) {
        return Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20));
    }

    private static Map<String, String> settings() {
        var settings = new HashMap<String, String>();
        settings.put("rekindle.warehouse.memory-limit", "512MB");
        settings.put("rekindle.write-key", WRITE_KEY);
        settings.put("rekindle.admin-key", ADMIN_KEY);
        settings.put("rekindle.key-rotation.grace", "0s");
        return settings;
    }
}
