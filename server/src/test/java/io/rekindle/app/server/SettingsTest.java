package io.rekindle.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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

    /** One fault or more in each record of settings there is; some in one record, some only together. */
    @Test
    void faultsOfAllRecordsAreReportedAtOnce() {
        var values = new HashMap<String, String>();
        values.put("REKINDLE_AD_HOC_AT_ONCE", "0");
        values.put("REKINDLE_CURRENCY", "eu");
        values.put("REKINDLE_PUBLIC_URL", "shop.example.com");
        values.put("REKINDLE_ADMIN_KEY", "short");
        values.put("REKINDLE_ADMIN_PASSWORD", "short");
        values.put("REKINDLE_WRITE_KEY", "short");
        values.put("REKINDLE_DATABASE_URL", "mysql://x:secret@h/d");
        values.put("REKINDLE_DATABASE_CONNECTIONS", "0");
        values.put("REKINDLE_WAREHOUSE_MEMORY_LIMIT", "much");
        values.put("REKINDLE_WAREHOUSE_THREADS", "many");
        values.put("REKINDLE_COLLECT_MAX_LAG", "0");
        values.put("REKINDLE_CONSENT_CONTACT_BUDGET", "-4");
        values.put("REKINDLE_CONSENT_QUIET_FROM", "21:00");
        values.put("REKINDLE_IDENTITY_EMAILS", "0");
        values.put("REKINDLE_IDENTITY_PHONES", "20");
        values.put("REKINDLE_MAIL_CONNECTIONS", "900");
        values.put("REKINDLE_MAIL_PORT", "70000");
        values.put("REKINDLE_PLAN_SHOP_URL", "ftp://shop");
        values.put("REKINDLE_PREDICT_TOLERANCE", "2");
        values.put("REKINDLE_SEGMENT_PREVIEW_SAMPLE", "-1");
        var faults = SettingsCheck.faults(environment(values));
        values.remove("REKINDLE_IDENTITY_PHONES");
        assertThat(faults)
                .extracting(fault -> fault.place().replaceAll(".*\\((.*)\\)", "$1"))
                .containsExactlyInAnyOrderElementsOf(values.keySet());
        assertThat(faults).extracting(fault -> fault.message()).noneMatch(message -> message.contains("secret"));
    }

    @Test
    void theServersOwnDefaultsAreNoFault() {
        assertThat(SettingsCheck.faults(environment(Map.of("REKINDLE_PORT", "9000"))))
                .isEmpty();
    }

    private static StandardEnvironment environment(Map<String, String> variables) {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(variables)));
        return environment;
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
