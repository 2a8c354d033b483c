package io.rekindle.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** Where a reason is asked for, files in clear are made and fetched by nobody without one. */
@RekindleTest
@TestPropertySource(properties = "rekindle.access.reason-required=true")
class ExportReasonTest {
    private static final Map<String, ?> IN_CLEAR =
            Map.of("name", "why", "data", List.of("profiles"), "form", "csv", "personal", "clear");
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final ApiClient api;

    ExportReasonTest(@LocalServerPort int port) {
        this.api = new ApiClient("http://127.0.0.1:" + port, RekindleTest.ADMIN_KEY);
    }

    @Test
    void filesInClearAreForOneWhoSaysWhy(@TempDir Path folder) throws Exception {
        assertThatThrownBy(() -> api.post("/api/exports", IN_CLEAR)).satisfies(e -> isOf(e, "export_of_personal_data"));
        var saying = api.because("请求 2026-117");
        var export = "/api/exports/"
                + saying.post("/api/exports", IN_CLEAR).path("id").asLong();
        api.post(export + "/run", Map.of());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!state(export).equals("done")) {
            assertThat(state(export)).isNotEqualTo("failed");
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        var name = api.get(export + "/files").path("items").path(0).path("name").asString();
        var file = export + "/file?name=" + name;
        assertThatThrownBy(() -> api.getBytes(file)).satisfies(e -> isOf(e, "export_file_of_personal_data"));
        assertThatThrownBy(() -> api.because(" ").getBytes(file))
                .satisfies(e -> isOf(e, "export_file_of_personal_data"));
        saying.getInto(file, folder.resolve("profiles"));
        assertThat(Files.size(folder.resolve("profiles"))).isPositive();
        api.delete(export + "?files=true");
    }

    private String state(String export) {
        return api.get(export + "/runs?limit=1")
                .path("items")
                .path(0)
                .path("state")
                .asString("");
    }

    private static void isOf(Throwable refused, String code) {
        assertThat(refused)
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
    }
}
