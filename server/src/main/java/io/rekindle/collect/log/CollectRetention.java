package io.rekindle.collect.log;

import io.rekindle.platform.AgedRows;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Retained;
import io.rekindle.platform.Vault;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long what could not be used is kept. Its keys go with it, from every backup. */
@Configuration(proxyBeanMethods = false)
class CollectRetention {
    private static final Optional<Duration> QUARTER = Optional.of(Duration.ofDays(90));

    @Bean
    Retained rejectedItemsRetained(JdbcClient jdbc, Vault vault, PlatformSettings platform) {
        return new Sealed(
                AgedRows.deleted(jdbc, "rejected-items", QUARTER, "rejected_items", "last_at"),
                "rejected",
                vault,
                platform);
    }

    @Bean
    Retained quarantinedItemsRetained(JdbcClient jdbc, Vault vault, PlatformSettings platform) {
        return new Sealed(
                AgedRows.deleted(jdbc, "quarantined-items", QUARTER, "quarantined_items", "received_at"),
                "quarantine",
                vault,
                platform);
    }

    @Bean
    Retained rejectedRowsRetained(JdbcClient jdbc, Vault vault, PlatformSettings platform) {
        return new Sealed(
                new AgedRows(
                        jdbc,
                        "rejected-rows",
                        QUARTER,
                        "import_rejects r join imports i on i.id = r.import_id",
                        "i.created_at",
                        "i.id = r.import_id",
                        "delete from import_rejects r using imports i"),
                "import-row",
                vault,
                platform);
    }

    private record Sealed(AgedRows rows, String context, Vault vault, PlatformSettings platform) implements Retained {
        @Override
        public String dataClass() {
            return rows.dataClass();
        }

        @Override
        public Optional<Duration> keptByDefault() {
            return rows.keptByDefault();
        }

        @Override
        public Aged olderThan(Instant before) {
            return rows.olderThan(before);
        }

        @Override
        public long remove(Instant before) {
            long removed = rows.remove(before);
            // A demonstration's clock tells other days than the one things are sealed by.
            if (!platform.demo()) vault.destroySealedBefore(context, LocalDate.ofInstant(before, ZoneOffset.UTC));
            return removed;
        }
    }
}
