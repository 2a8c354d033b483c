package io.rekindle.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.PlatformSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    @Bean(destroyMethod = "close")
    StateDatabase stateDatabase(DatabaseSettings settings, PlatformSettings platform) {
        return StateDatabase.open(settings, platform.data());
    }

    /** Closed by {@link StateDatabase}, before the server process it talks to. */
    @Bean(destroyMethod = "")
    HikariDataSource dataSource(StateDatabase database) {
        return database.dataSource();
    }
}
