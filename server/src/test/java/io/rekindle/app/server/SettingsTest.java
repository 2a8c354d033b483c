package io.rekindle.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsTest {
    /** docs/settings.md names every setting with its variable and its default, and no other. */
    @Test
    void everySettingIsDocumentedWithItsDefault() throws IOException {
        var page = Files.readString(Path.of(System.getProperty("rekindle.root"), "docs", "settings.md"));
        var rows = page.lines().filter(line -> line.startsWith("| `rekindle")).toList();
        var settings = SettingsCheck.all();
        for (var setting : settings.values()) {
            var start = "| `%s` | `%s` | %s |"
                    .formatted(
                            setting.name(),
                            setting.readableVariable(),
                            setting.defaultValue() == null ? "–" : "`" + setting.defaultValue() + "`");
            assertThat(rows)
                    .as(setting.name())
                    .anySatisfy(row -> assertThat(row).startsWith(start));
        }
        assertThat(rows).as("a row for a setting there is not").hasSize(settings.size());
    }

    @Test
    void allFaultsAreReportedAtOnce() {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "file", Map.of("rekindle.zone", "Mars/Olympus", "rekindle.colour", "red")));
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of("REKINDLE_WAREHOUSE_THREADS", "many", "REKINDLE_PUBLC_URL", "http://x")));
        assertThat(SettingsCheck.faults(environment))
                .extracting(fault -> fault.place())
                .containsExactlyInAnyOrder(
                        "rekindle.warehouse.threads (REKINDLE_WAREHOUSE_THREADS)",
                        "rekindle.zone (REKINDLE_ZONE)",
                        "rekindle.colour",
                        "REKINDLE_PUBLC_URL");
    }

    @Test
    void variablesAreUnderstoodTheWayPeopleWriteThem() {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of(
                                        "REKINDLE_ADMIN_KEY", "x".repeat(20),
                                        "REKINDLE_DATABASE_URL", "postgresql://h/d",
                                        "REKINDLE_WAREHOUSE_MEMORY_LIMIT", "1GB")));
        assertThat(SettingsCheck.faults(environment)).isEmpty();
    }
}
