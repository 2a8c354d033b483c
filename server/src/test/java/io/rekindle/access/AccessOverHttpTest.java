package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
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
    void aConsoleSessionChangesNothingWithoutItsCsrfToken() throws Exception {
        var signIn = send(post(
                "/api/session",
                "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(FirstSignIn.EMAIL, RekindleTest.ADMIN_PASSWORD)));
        assertThat(signIn.statusCode()).as(signIn.body()).isEqualTo(200);
        var cookie = signIn.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
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
