package io.rekindle.warehouse;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The history engine's share of the machine.
 *
 * @param threads threads one query may use; 0 = one per core
 * @param memoryLimit most memory the engine uses before it spills to disk, e.g. {@code 4GB}
 */
@ConfigurationProperties("rekindle.warehouse")
public record WarehouseSettings(
        @DefaultValue("0") int threads, @DefaultValue("4GB") String memoryLimit) {
    public WarehouseSettings {
        if (threads < 0)
            throw new IllegalArgumentException(
                    "rekindle.warehouse.threads is %d; 0 means one per core".formatted(threads));
        if (!memoryLimit.strip().matches("(?i)[0-9]+(\\.[0-9]+)? *([KMGT]i?B)"))
            throw new IllegalArgumentException(
                    "rekindle.warehouse.memory-limit is '%s', which is no size such as 4GB".formatted(memoryLimit));
    }
}
