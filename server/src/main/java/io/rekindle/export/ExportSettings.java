package io.rekindle.export;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where exports go that name no storage.
 *
 * @param folder default: {@code exports} in the data folder
 */
@ConfigurationProperties("rekindle.export")
public record ExportSettings(@Nullable Path folder) {}
