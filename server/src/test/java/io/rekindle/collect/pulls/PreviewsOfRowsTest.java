package io.rekindle.collect.pulls;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.AuditTrail;
import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** First rows of a database or a file are somebody's: in outline without a reason, and every look at them is written down. */
@RekindleTest
@TestPropertySource(properties = "rekindle.access.reason-required=true")
class PreviewsOfRowsTest {
    private static final List<String> CLEAR =
            List.of("Zxann Ó Beirne", "zxann@b.example", "2026-01-05 10:00:00", "-12.50", "安娜", "");
    private static final List<String> OUTLINE =
            List.of("Aaaaa A Aaaaaa", "aaaaa@a.aaaaaaa", "9999-99-99 99:99:99", "-99.99", "aa", "");

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final Databases databases;
    private final AuditTrail audit;
    private final JdbcClient jdbc;
    private final int port;

    PreviewsOfRowsTest(
            @Autowired Databases databases,
            @Autowired AuditTrail audit,
            @Autowired JdbcClient jdbc,
            @LocalServerPort int port) {
        this.databases = databases;
        this.audit = audit;
        this.jdbc = jdbc;
        this.port = port;
    }

    @Test
    void rowsOfADatabaseAreShownInOutlineUntilSomebodySaysWhyAndWhoAskedStandsInTheTrail() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var shop = DriverManager.getConnection(place.url(), place.user(), place.password());
                var statement = shop.createStatement()) {
            statement.execute(
                    "create table people (name text, mail text, at text, points text, given text, note text)");
            statement.execute("insert into people values ('%s')".formatted(String.join("', '", CLEAR)));
        }
        var database =
                databases.create(new Database.Draft("rows " + mark, place.url(), place.user(), place.password()));
        var path = "/api/databases/" + database.id() + "/preview";
        var before = looks("rows of a database");

        var outlined = seen(post(path, "{\"table\":\"people\"}", null), "/look/sample/0");
        assertThat(outlined).isEqualTo(OUTLINE);
        assertThat(looks("rows of a database")).as("nothing was shown").isEqualTo(before);
        var clear = seen(
                post(path, "{\"query\":\"select * from people where mail = 'zxann@b.example'\"}", "ticket 7"),
                "/look/sample/0");
        assertThat(clear).isEqualTo(CLEAR);
        assertThat(looks("rows of a database")).isEqualTo(before + 1);
        assertThat(jdbc.sql("""
                                select concat_ws(' ', actor, what, reason) from person_accesses
                                where fields = '{rows of a database}' order by id desc limit 1
                                """).query(String.class).single())
                .startsWith("key:")
                .endsWith("POST /api/databases/{id}/preview ticket 7");

        // What the database says no with may tell a value, too.
        assertThat(post(path, "{\"query\":\"select cast(mail as int) from people\"}", null)
                        .statusCode())
                .isGreaterThanOrEqualTo(400);
        assertThat(audit.latest(Long.MAX_VALUE, 100).items())
                .filteredOn(entry -> entry.thing().equals("database " + database.id())
                        && entry.action().equals("database.seen"))
                .extracting(AuditTrail.Entry::detail)
                .containsExactly(
                        "query select cast(mail as int) from people",
                        "query select * from people where mail = '[personal]'",
                        "table people");
        databases.delete(database.id());
    }

    @Test
    void rowsOfAFileAreShownTheSameWay() throws Exception {
        var text = "name,mail,at,points,given,note\n" + String.join(",", CLEAR) + "\n";
        var before = looks("rows of a file");
        var masked = upload(text, null);
        assertThat(seen(masked, "/sample/0")).isEqualTo(OUTLINE);
        assertThat(json.readTree(masked.body()).path("fields").path("email").asString())
                .as("the guess is of the file, not of its outline")
                .isEqualTo("mail");
        assertThat(looks("rows of a file")).isEqualTo(before);
        assertThat(seen(upload(text, "ticket 7"), "/sample/0")).isEqualTo(CLEAR);
        assertThat(looks("rows of a file")).isEqualTo(before + 1);
    }

    private List<String> seen(HttpResponse<String> answer, String place) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return json.readTree(answer.body())
                .at(place)
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private long looks(String field) {
        return jdbc.sql("select count(*) from person_accesses where fields = array[cast(:field as text)]")
                .param("field", field)
                .query(Long.class)
                .single();
    }

    private HttpResponse<String> upload(String text, @Nullable String reason) throws Exception {
        var body = new ByteArrayOutputStream();
        body.writeBytes(
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n%s\r\n--x--\r\n"
                        .formatted(text)
                        .getBytes(StandardCharsets.UTF_8));
        return send(request("/api/imports/uploads", reason)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private HttpResponse<String> post(String path, String body, @Nullable String reason) throws Exception {
        return send(request(path, reason)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path, @Nullable String reason) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY);
        return reason == null ? request : request.header("X-Access-Reason", reason.replace(" ", "%20"));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
