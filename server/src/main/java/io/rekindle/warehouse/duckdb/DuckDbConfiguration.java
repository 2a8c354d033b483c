package io.rekindle.warehouse.duckdb;

import io.rekindle.platform.PlatformSettings;
import io.rekindle.warehouse.WarehouseSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DuckDbConfiguration {
    @Bean(destroyMethod = "close")
    DuckDbWarehouse warehouse(PlatformSettings platform, WarehouseSettings settings) {
        return new DuckDbWarehouse(platform.data().resolve("warehouse.duckdb"), settings);
    }
}
