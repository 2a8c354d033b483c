package io.rekindle.app.server;

import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of a server's management API; a problem the server answers becomes the same {@link Problem} here. */
public final class ApiClient {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final String key;
    private final @Nullable String reason;

    public ApiClient(String url, String key) {
        this(url, key, null);
    }

    private ApiClient(String url, String key, @Nullable String reason) {
        this.url = url;
        this.key = key;
        this.reason = reason;
    }

    /** The same caller who says why they look at somebody; null: not said. */
    public ApiClient because(@Nullable String said) {
        return new ApiClient(url, key, said);
    }

    public JsonNode get(String path) {
        return send(request(path).GET());
    }

    /** The bytes of an answer that is no JSON. */
    public byte[] getBytes(String path) {
        return bytes(request(path).GET());
    }

    /** Writes the bytes of an answer into a file that is not there yet. */
    public void getInto(String path, Path file) {
        try (var answer = opened(request(path).GET())) {
            try (var out = Files.newOutputStream(OwnerOnly.newFile(file))) {
                answer.transferTo(out);
            }
        } catch (IOException e) {
            throw Problem.invalid("file_unusable", "%s cannot be written: %s".formatted(file, e.getMessage()));
        }
    }

    public JsonNode delete(String path) {
        return send(request(path).DELETE());
    }

    /** Posts a value as JSON; any record or map of plain values. */
    public JsonNode post(String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    /** Puts a value as JSON in the place of what was there. */
    public JsonNode put(String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + key)
                .timeout(Duration.ofMinutes(30));
        if (reason != null) request.header("X-Access-Reason", URLEncoder.encode(reason, StandardCharsets.UTF_8));
        return request;
    }

    private JsonNode send(HttpRequest.Builder request) {
        return json(bytes(request));
    }

    private JsonNode json(byte[] body) {
        try {
            return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JacksonException e) {
            throw new Problem(
                    Problem.Kind.OUTSIDE,
                    "not_json",
                    "the server at %s does not answer in JSON".formatted(url),
                    List.of());
        }
    }

    private byte[] bytes(HttpRequest.Builder request) {
        try (var answer = opened(request)) {
            return answer.readAllBytes();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private InputStream opened(HttpRequest.Builder request) {
        try {
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() < 400) return answer.body();
            try (var refused = answer.body()) {
                throw problem(answer.statusCode(), json(refused.readAllBytes()));
            }
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(
                    Problem.Kind.UNAVAILABLE, "interrupted", "interrupted while waiting for the server", List.of());
        }
    }

    private Problem unreachable(IOException e) {
        return new Problem(
                Problem.Kind.UNAVAILABLE,
                "server_unreachable",
                "the server at %s does not answer: %s".formatted(url, e.getMessage()),
                List.of());
    }

    private static Problem problem(int status, JsonNode body) {
        var faults = new ArrayList<Problem.Fault>();
        for (var fault : body.path("errors"))
            faults.add(new Problem.Fault(
                    fault.path("place").asString(""), fault.path("message").asString("")));
        var kind = List.of(Problem.Kind.values()).stream()
                .filter(k -> k.status() == status)
                .findFirst()
                .orElse(status >= 500 ? Problem.Kind.UNAVAILABLE : Problem.Kind.INVALID);
        return new Problem(
                kind,
                body.path("code").asString("http_" + status),
                body.path("detail").asString("the server answered with status " + status),
                faults);
    }
}
