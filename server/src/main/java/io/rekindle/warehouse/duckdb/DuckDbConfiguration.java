package io.rekindle.warehouse.duckdb;

import io.rekindle.platform.Installations;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.warehouse.WarehouseSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DuckDbConfiguration {
    @Bean(destroyMethod = "close")
    DuckDbWarehouse warehouse(PlatformSettings platform, WarehouseSettings settings, Installations installations) {
        var warehouse = new DuckDbWarehouse(platform.data().resolve("warehouse.duckdb"), settings);
        try {
            // Here, so that no other part of the server ever sees stores that do not belong together.
            installations.check(warehouse);
            return warehouse;
        } catch (RuntimeException e) {
            warehouse.close();
            throw e;
        }
    }
}
