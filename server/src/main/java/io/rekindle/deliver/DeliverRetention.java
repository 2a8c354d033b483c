package io.rekindle.deliver;

import io.rekindle.platform.AgedRows;
import io.rekindle.platform.Retained;
import java.time.Duration;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long the words of mail servers are kept. That a message went out is kept as long as results are. */
@Configuration(proxyBeanMethods = false)
class DeliverRetention {
    @Bean
    Retained messageDetailsRetained(JdbcClient jdbc) {
        return new AgedRows(
                jdbc,
                "message-details",
                Optional.of(Duration.ofDays(365)),
                "messages",
                "changed_at",
                "detail is not null",
                "update messages set detail = null");
    }
}
