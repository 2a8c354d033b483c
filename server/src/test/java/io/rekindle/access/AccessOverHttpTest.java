package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RekindleTest
class AccessOverHttpTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final ApiKeys keys;

    AccessOverHttpTest(@LocalServerPort int port, @Autowired ApiKeys keys) {
        this.port = port;
        this.keys = keys;
    }

    @Test
    void theApiRefusesWithoutAKey() throws Exception {
        var answer = send(request("/api/keys").GET());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(code(answer)).isEqualTo("not_authenticated");
    }

    @Test
    void aChangeWithoutAnyCredentialIsRefusedForThat() throws Exception {
        var answer = send(post("/api/keys", "{}"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(code(answer)).isEqualTo("not_authenticated");
    }

    /** Spellings of /api/keys that are routed there, or that a careless comparison takes for something else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%61pi/keys",
                "/a%70i/keys",
                "/api/%6Beys",
                "//api/keys",
                "/api//keys",
                "/api;x=1/keys",
                "/api/keys;x=1",
                "/./api/keys",
                "/x/../api/keys",
                "/api/../api/keys",
                "/api%2Fkeys",
                "/api/keys/"
            })
    void noSpellingOfAnAddressOpensTheApi(String path) throws Exception {
        var session = signIn();
        var body = "{\"name\":\"from elsewhere\",\"roles\":[\"admin\"]}";
        for (var answer : java.util.List.of(
                send(request(path).GET()),
                send(post(path, body)),
                send(post(path, body).header("Cookie", session)),
                send(post(path, body).header("Authorization", "Bearer nobody")))) {
            assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 404);
            // An encoded slash is refused before any of our code sees it.
            if (!path.contains("%2F"))
                assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        }
        assertThat(keys.list()).noneMatch(key -> key.name().equals("from elsewhere"));
    }

    @Test
    void aKeyOpensAnAddressHoweverItIsEncoded() throws Exception {
        var answer = send(request("/%61pi/keys")
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .GET());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void whatNoResourceAnswersIsAProblemToo() throws Exception {
        for (var path : java.util.List.of("/v1/batch", "/nothing.here")) {
            var answer = send(request(path).GET());
            assertThat(answer.statusCode()).isIn(404, 405);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(code(answer)).startsWith("http_40");
        }
    }

    @Test
    void aChangedPasswordEndsTheSessionsOfTheOldOne() throws Exception {
        var admin = "Bearer " + RekindleTest.ADMIN_KEY;
        var made = send(post("/api/users", "{\"email\":\"Ana@example.com\",\"name\":\"Ana\",\"roles\":[\"planner\"]}")
                .header("Authorization", admin));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var first = json.readTree(made.body()).get("password").stringValue();
        var id = json.readTree(made.body()).at("/user/id").asLong();
        var session = signIn("ana@example.com", first);
        assertThat(send(request("/api/session").header("Cookie", session).GET()).statusCode())
                .isEqualTo(200);

        var changed = send(post("/api/users/" + id + "/password", "{\"password\":\"another password\"}")
                .header("Authorization", admin));
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(json.readTree(changed.body()).path("password").isNull())
                .as("what was given is not told")
                .isTrue();
        assertThat(send(request("/api/session").header("Cookie", session).GET()).statusCode())
                .isEqualTo(401);
        assertThat(send(post("/api/session", "{\"email\":\"ana@example.com\",\"password\":\"%s\"}".formatted(first)))
                        .statusCode())
                .isEqualTo(401);
        var now = signIn("ana@example.com", "another password");
        assertThat(send(request("/api/session").header("Cookie", now).GET()).statusCode())
                .isEqualTo(200);

        var audit = send(request("/api/audit").header("Authorization", admin).GET());
        assertThat(audit.body())
                .contains("user.created", "user.password_changed")
                .doesNotContain(first, "another password");
        var viewer =
                keys.create("looks at users", java.util.Set.of(Role.PLANNER)).secret();
        assertThat(send(request("/api/users")
                                .header("Authorization", "Bearer " + viewer)
                                .GET())
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aMovedClockIsInTheAuditTrail() throws Exception {
        var admin = "Bearer " + RekindleTest.ADMIN_KEY;
        var now = json.readTree(send(request("/api/clock")
                                .header("Authorization", admin)
                                .GET())
                        .body())
                .get("businessTime")
                .stringValue();
        var moved = send(
                post("/api/clock/advance", "{\"to\":\"%s\"}".formatted(now)).header("Authorization", admin));
        assertThat(moved.statusCode()).as(moved.body()).isEqualTo(200);
        assertThat(send(request("/api/audit").header("Authorization", admin).GET())
                        .body())
                .contains("clock.advanced");
    }

    @Test
    void anUnknownKeyIsRefused() throws Exception {
        var answer = send(
                request("/api/keys").header("Authorization", "Bearer nobody").GET());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(code(answer)).isEqualTo("unknown_key");
    }

    @Test
    void aViewerMayNotMakeKeysAndAnAdministratorMay() throws Exception {
        var viewer = keys.create("a viewer", java.util.Set.of(Role.VIEWER)).secret();
        var body = "{\"name\":\"for the shop\",\"roles\":[\"analyst\"]}";
        var refused = send(post("/api/keys", body).header("Authorization", "Bearer " + viewer));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(code(refused)).isEqualTo("not_allowed");

        var made = send(post("/api/keys", body).header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY));
        assertThat(made.statusCode()).isEqualTo(201);
        var secret = json.readTree(made.body()).get("secret").stringValue();
        assertThat(keys.authenticate(secret))
                .hasValueSatisfying(caller -> assertThat(caller.roles()).containsExactly(Role.ANALYST));

        var audit = send(request("/api/audit")
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .GET());
        assertThat(audit.body())
                .contains("key.created")
                .contains("for the shop")
                .doesNotContain(secret);
    }

    @Test
    void anUnknownFieldIsNamedWithItsPlace() throws Exception {
        var answer = send(post("/api/keys", "{\"name\":\"x\",\"rolls\":[]}")
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(code(answer)).isEqualTo("unknown_field");
        assertThat(json.readTree(answer.body()).at("/errors/0/place").stringValue())
                .isEqualTo("rolls");
    }

    @Test
    void aLockedUserAndOneOfOtherRolesAreSignedOut() throws Exception {
        var secret = "kim-password-0123456789";
        var made = admin(
                "/api/users",
                "{\"email\":\"kim@example.com\",\"name\":\"Kim\",\"roles\":[\"planner\"],\"password\":\"%s\"}"
                        .formatted(secret));
        long id = json.readTree(made.body()).at("/user/id").longValue();
        var session = signIn("kim@example.com", secret);
        assertThat(status("/api/segments", session)).isEqualTo(200);

        assertThat(admin("/api/users/%d/roles".formatted(id), "{\"roles\":[\"viewer\"]}")
                        .body())
                .contains("\"viewer\"");
        assertThat(status("/api/segments", session)).isEqualTo(401);
        var viewing = signIn("kim@example.com", secret);
        assertThat(status("/api/users", viewing)).isEqualTo(403);

        assertThat(admin("/api/users/%d/lock".formatted(id), "").statusCode()).isEqualTo(200);
        assertThat(status("/api/campaigns", viewing)).isEqualTo(401);
        var signIn = "{\"email\":\"kim@example.com\",\"password\":\"%s\"}".formatted(secret);
        var refused = send(post("/api/session", signIn));
        var unknown = send(post("/api/session", signIn.replace("kim@", "nobody@")));
        assertThat(refused.statusCode()).isEqualTo(unknown.statusCode());
        assertThat(refused.body()).isEqualTo(unknown.body());
        admin("/api/users/%d/unlock".formatted(id), "");
        assertThat(send(post("/api/session", signIn)).statusCode()).isEqualTo(200);
        assertThat(audited(id)).containsExactly("user.created", "user.roles_changed", "user.locked", "user.unlocked");
        assertThat(admin("/api/users/%d/roles".formatted(id), "{\"roles\":[]}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void theLastAdministratorWhoCanSignInStaysOne() throws Exception {
        var users = json.readTree(send(request("/api/users")
                        .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                        .GET())
                .body());
        var admins = new ArrayList<Long>();
        for (var user : users.get("items"))
            if (user.get("roles").toString().contains("admin")
                    && user.get("lockedAt").isNull()) admins.add(user.get("id").longValue());
        assertThat(admins).hasSize(1);
        long only = admins.getFirst();
        for (var change : List.of("lock", "roles")) {
            var refused = admin(
                    "/api/users/%d/%s".formatted(only, change),
                    change.equals("lock") ? "" : "{\"roles\":[\"viewer\"]}");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(json.readTree(refused.body()).get("code").stringValue()).isEqualTo("last_admin");
        }
    }

    @Test
    void anAdministratorIsLockedByAnotherAndNotByThemselves() throws Exception {
        var made = admin(
                "/api/users",
                "{\"email\":\"bo@example.com\",\"name\":\"Bo\",\"roles\":[\"admin\"],\"password\":\"bo-password-0123456789\"}");
        long bo = json.readTree(made.body()).at("/user/id").longValue();
        var cookie = signIn("bo@example.com", "bo-password-0123456789");
        var session = json.readTree(
                send(request("/api/session").header("Cookie", cookie).GET()).body());
        var refused = send(post("/api/users/%d/lock".formatted(bo), "")
                .header("Cookie", cookie)
                .header("X-CSRF-Token", session.get("csrfToken").stringValue()));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(code(refused)).isEqualTo("lock_oneself");
        assertThat(status("/api/users", cookie)).isEqualTo(200);

        assertThat(admin("/api/users/%d/lock".formatted(bo), "").statusCode()).isEqualTo(200);
        assertThat(status("/api/users", cookie)).isEqualTo(401);
    }

    private List<String> audited(long user) throws Exception {
        var actions = new ArrayList<String>();
        var trail = send(request("/api/audit?limit=100")
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .GET());
        for (var entry : json.readTree(trail.body()).get("items"))
            if (entry.get("thing").stringValue().equals("user " + user))
                actions.addFirst(entry.get("action").stringValue());
        return actions;
    }

    private HttpResponse<String> admin(String path, String body) throws Exception {
        return send(post(path, body).header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY));
    }

    private int status(String path, String session) throws Exception {
        return send(request(path).header("Cookie", session).GET()).statusCode();
    }

    @Test
    void aConsoleSessionChangesNothingWithoutItsCsrfToken() throws Exception {
        var cookie = signIn();
        var session = json.readTree(
                send(request("/api/session").header("Cookie", cookie).GET()).body());
        assertThat(session.get("user").stringValue()).isEqualTo(FirstSignIn.EMAIL);

        var body = "{\"name\":\"from the console\",\"roles\":[\"viewer\"]}";
        var without = send(post("/api/keys", body).header("Cookie", cookie));
        assertThat(without.statusCode()).isEqualTo(403);
        assertThat(code(without)).isEqualTo("csrf_token_missing");
        var with = send(post("/api/keys", body)
                .header("Cookie", cookie)
                .header("X-CSRF-Token", session.get("csrfToken").stringValue()));
        assertThat(with.statusCode()).as(with.body()).isEqualTo(201);
    }

    @Test
    void aWrongPasswordIsRefusedWithoutSayingWhatIsWrong() throws Exception {
        var answer = send(post("/api/session", "{\"email\":\"nobody@example.com\",\"password\":\"wrong\"}"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(code(answer)).isEqualTo("wrong_sign_in");
    }

    private String signIn() throws IOException, InterruptedException {
        return signIn(FirstSignIn.EMAIL, RekindleTest.ADMIN_PASSWORD);
    }

    /** The session's cookie. */
    private String signIn(String email, String password) throws IOException, InterruptedException {
        var answer = send(post("/api/session", "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpRequest.Builder post(String path, String body) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String code(HttpResponse<String> answer) {
        JsonNode problem = json.readTree(answer.body());
        return problem.get("code").stringValue();
    }
}
