package io.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.DescribedApi;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** docs/api/openapi.json is what the server does; {@code -Drekindle.update=true} writes it anew. */
@RekindleTest
class OpenApiTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    @Test
    void theCheckedInApiIsWhatTheServerDoes(@LocalServerPort int port) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/openapi.json".formatted(port)))
                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        var api = (ObjectNode) JSON.readTree(answer.body());
        // The address of the test's own server is not part of the contract.
        api.remove("servers");
        var actual = JSON.writeValueAsString(sorted(api)) + "\n";
        var file = Path.of(System.getProperty("rekindle.root"), "docs", "api", "openapi.json");
        if (Boolean.getBoolean("rekindle.update")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(Files.readString(file))
                .as("run this test with -Drekindle.update=true, look at the difference and commit it")
                .isEqualTo(actual);
    }

    @Test
    void everyHandlerUnderApiSaysWhoMayCallIt(
            @Autowired @org.springframework.beans.factory.annotation.Qualifier("requestMappingHandlerMapping")
                    RequestMappingHandlerMapping mappings) {
        var open = new ArrayList<String>();
        mappings.getHandlerMethods().forEach((mapping, handler) -> {
            boolean underApi = mapping.getPatternValues().stream().anyMatch(p -> p.startsWith("/api/"));
            boolean session = mapping.getPatternValues().contains("/api/session");
            boolean description = mapping.getPatternValues().stream().anyMatch(p -> p.startsWith("/api/openapi"));
            boolean guarded = AnnotatedElementUtils.hasAnnotation(handler.getMethod(), PreAuthorize.class)
                    || AnnotatedElementUtils.hasAnnotation(handler.getBeanType(), PreAuthorize.class);
            if (underApi && !session && !description && !guarded) open.add(mapping + " " + handler);
        });
        assertThat(open).isEmpty();
    }

    @Test
    void anAnswerThatIsNotAsDescribedIsFound() {
        var described = DescribedApi.checkedIn();
        assertThat(described.faults("GET", "/api/version", 200, "{\"version\":\"1\",\"java\":\"25\"}"))
                .isEmpty();
        assertThat(described.faults("GET", "/api/version", 200, "{\"version\":\"1\"}"))
                .as("a field is missing")
                .hasSize(1);
        assertThat(described.faults("GET", "/api/version", 200, "{\"version\":1,\"java\":\"25\"}"))
                .as("a number where text is described")
                .hasSize(1);
        assertThat(described.faults(
                        "GET",
                        "/api/tails",
                        200,
                        "{\"items\":[{\"name\":\"a\",\"lag\":1,\"failure\":null,\"speed\":2}],\"nextCursor\":null}"))
                .as("a field nobody described")
                .hasSize(1);
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isArray()) {
            var array = JSON.createArrayNode();
            node.forEach(item -> array.add(sorted(item)));
            return array;
        }
        if (!node.isObject()) return node;
        var object = JSON.createObjectNode();
        node.propertyNames().stream().sorted().forEach(name -> object.set(name, sorted(node.get(name))));
        return object;
    }
}
