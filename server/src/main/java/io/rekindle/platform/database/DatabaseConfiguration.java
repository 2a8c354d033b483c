package io.rekindle.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Serving;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    @Bean(destroyMethod = "close")
    StateDatabase stateDatabase(DatabaseSettings settings, PlatformSettings platform, Serving serving) {
        return StateDatabase.open(settings, platform.data(), serving::end);
    }

    /** Closed by {@link StateDatabase}, before the server process it talks to. */
    @Bean(destroyMethod = "")
    HikariDataSource dataSource(StateDatabase database) {
        return database.dataSource();
    }
}
