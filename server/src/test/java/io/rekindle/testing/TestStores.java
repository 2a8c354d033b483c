package io.rekindle.testing;

import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Gives a test server stores of its own. */
final class TestStores implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var place = TestPostgres.newDatabase();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test stores",
                        Map.of(
                                "rekindle.data", TestFolders.newFolder("data").toString(),
                                "rekindle.database.url", place.url(),
                                "rekindle.database.user", place.user(),
                                "rekindle.database.password", place.password(),
                                "rekindle.database.connections", "12",
                                "rekindle.warehouse.memory-limit", "512MB")));
    }
}
