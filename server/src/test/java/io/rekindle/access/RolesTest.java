package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.testing.RekindleTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The table of docs/access.md is what the server does. */
@RekindleTest
class RolesTest {
    private static final Pattern OPERATION = Pattern.compile("`((?:GET|POST|PUT|DELETE) [^`]+)`");
    private static final Pattern ROLE = Pattern.compile("'([A-Z]+)'");

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final RequestMappingHandlerMapping handlers;
    private final ApiKeys keys;

    RolesTest(
            @LocalServerPort int port,
            @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers,
            @Autowired ApiKeys keys) {
        this.port = port;
        this.handlers = handlers;
        this.keys = keys;
    }

    @Test
    void eachOperationAsksForTheRoleTheDocumentNames() throws IOException {
        var described = new TreeSet<String>();
        for (var line : Files.readAllLines(Path.of(System.getProperty("rekindle.root"), "docs", "access.md"))) {
            var cells = line.split("\\|");
            if (cells.length < 4) continue;
            OPERATION
                    .matcher(cells[2])
                    .results()
                    .forEach(found -> described.add(found.group(1) + ": " + cells[3].strip()));
        }
        var present = new TreeSet<String>();
        handlers.getHandlerMethods().forEach((mapping, handler) -> {
            if (!handler.getBeanType().getPackageName().startsWith("io.rekindle")) return;
            for (var path : mapping.getPatternValues())
                if (path.startsWith("/api"))
                    for (var method : mapping.getMethodsCondition().getMethods())
                        present.add(method + " " + path + ": " + role(handler));
        });
        assertThat(present).hasSizeGreaterThan(70).isEqualTo(described);
    }

    private static String role(HandlerMethod handler) {
        var rule = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), PreAuthorize.class);
        if (rule == null) rule = AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), PreAuthorize.class);
        if (rule == null) return "anybody";
        var roles = ROLE.matcher(rule.value())
                .results()
                .map(found -> found.group(1).toLowerCase(Locale.ROOT))
                .filter(name -> !name.equals("local"))
                .collect(Collectors.joining(" or "));
        return rule.value().contains("'LOCAL'") ? roles + ", on the server's own machine" : roles;
    }

    @Test
    void aViewerSeesListsAndAsksNothingAboutCustomersAndAnAnalystDoes() throws Exception {
        var viewer = keys.create("roles: a viewer", Set.of(Role.VIEWER)).secret();
        var analyst = keys.create("roles: an analyst", Set.of(Role.ANALYST)).secret();
        var preview = "{\"rule\":{\"tier\":[\"high\"]}}";
        assertThat(status("GET", "/api/overview", "", viewer)).isEqualTo(200);
        assertThat(status("GET", "/api/segments", "", viewer)).isEqualTo(200);
        assertThat(status("POST", "/api/segments/preview", preview, viewer)).isEqualTo(403);
        assertThat(status("POST", "/api/segments/preview", preview, analyst)).isEqualTo(200);
        assertThat(status("POST", "/api/customers/search", "{\"query\":\"ann@example.com\"}", viewer))
                .isEqualTo(403);
        assertThat(status("POST", "/api/customers/search", "{\"query\":\"ann@example.com\"}", analyst))
                .isEqualTo(200);
        var search = "{\"address\":\"ann@example.com\"}";
        assertThat(status("POST", "/api/suppressions/search", search, viewer)).isEqualTo(403);
        assertThat(status("POST", "/api/suppressions/search", search, analyst)).isEqualTo(200);
        assertThat(status("GET", "/api/suppressions?address=ann@example.com", "", analyst))
                .as("an address would stand in logs")
                .isEqualTo(400);
        assertThat(status("POST", "/api/segments", "{\"name\":\"x\",\"rule\":{\"tier\":[\"high\"]}}", analyst))
                .isEqualTo(403);
    }

    private int status(String method, String path, String body, String key) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
