package io.rekindle.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import java.net.URI;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    @Bean(destroyMethod = "close")
    @Conditional(NoDatabaseUrl.class)
    EmbeddedDatabase embeddedDatabase(PlatformSettings platform) {
        return EmbeddedDatabase.start(platform.data(), true);
    }

    @Bean(destroyMethod = "close")
    HikariDataSource dataSource(
            DatabaseSettings settings, org.springframework.beans.factory.ObjectProvider<EmbeddedDatabase> embedded) {
        var database = embedded.getIfAvailable();
        var config = database == null
                ? external(settings)
                : pool(database.url("postgres"), database.user(), database.password());
        config.setMaximumPoolSize(settings.connections());
        config.setPoolName("state");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        var pool = new HikariDataSource(config);
        Flyway.configure(DatabaseConfiguration.class.getClassLoader())
                .dataSource(pool)
                .locations("classpath:db/migration")
                // Modules number their migrations apart, so a later one may have the smaller number.
                .outOfOrder(true)
                .load()
                .migrate();
        return pool;
    }

    private static HikariConfig external(DatabaseSettings settings) {
        var url = String.valueOf(settings.url());
        if (url.startsWith("jdbc:postgresql:")) return pool(url, settings.user(), settings.password());
        if (!url.startsWith("postgresql://") && !url.startsWith("postgres://"))
            throw Problem.invalid(
                    "database_url_invalid", "REKINDLE_DATABASE_URL must begin with postgresql:// or jdbc:postgresql:");
        var uri = URI.create(url);
        var who = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
        var query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
        return pool(
                "jdbc:postgresql://%s%s%s%s"
                        .formatted(uri.getHost(), uri.getPort() < 0 ? "" : ":" + uri.getPort(), uri.getPath(), query),
                who.length > 0 ? who[0] : settings.user(),
                who.length > 1 ? who[1] : settings.password());
    }

    private static HikariConfig pool(String url, @Nullable String user, @Nullable String password) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        if (user != null) config.setUsername(user);
        if (password != null) config.setPassword(password);
        return config;
    }
}
