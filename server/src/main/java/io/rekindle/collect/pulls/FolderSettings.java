package io.rekindle.collect.pulls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How folders are watched.
 *
 * @param allowed folders of this machine that may be watched, and what is in them, beside {@code inbox} of the data folder
 * @param steady how long a file must not have changed before it is taken for complete
 * @param keep how long files that were taken are kept, in {@code done} or {@code failed}
 */
@ConfigurationProperties("rekindle.folders")
public record FolderSettings(
        @Nullable List<Path> allowed,
        @DefaultValue("30s") Duration steady,
        @DefaultValue("30d") Duration keep) {
    public FolderSettings {
        if (steady.compareTo(Duration.ofMillis(100)) < 0 || steady.compareTo(Duration.ofHours(1)) > 0)
            throw new IllegalArgumentException("rekindle.folders.steady is %s; it needs 100ms to 1h".formatted(steady));
        if (keep.isNegative())
            throw new IllegalArgumentException("rekindle.folders.keep is %s; it needs 0 or more".formatted(keep));
        if (allowed != null)
            for (var folder : allowed)
                if (!folder.isAbsolute())
                    throw new IllegalArgumentException(
                            "rekindle.folders.allowed names '%s', which does not begin with /".formatted(folder));
    }

    List<Path> places() {
        return allowed == null ? List.of() : allowed;
    }
}
