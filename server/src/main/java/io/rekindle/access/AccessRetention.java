package io.rekindle.access;

import io.rekindle.platform.AgedRows;
import io.rekindle.platform.Retained;
import java.time.Duration;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long it is known who looked, and who changed what. */
@Configuration(proxyBeanMethods = false)
class AccessRetention {
    private static final Duration TWO_YEARS = Duration.ofDays(730);

    @Bean
    Retained accessLogRetained(JdbcClient jdbc) {
        return AgedRows.deleted(jdbc, "access-log", Optional.of(TWO_YEARS), "person_accesses", "at");
    }

    @Bean
    Retained auditTrailRetained(JdbcClient jdbc) {
        return AgedRows.deleted(jdbc, "audit-trail", Optional.empty(), "audit_trail", "at");
    }
}
