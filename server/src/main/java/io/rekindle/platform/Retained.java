package io.rekindle.platform;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A class of data that is kept for a time and then removed. Each module has a bean for each class it holds. */
public interface Retained {
    /** Stable, in lower case with hyphens: it is set under {@code rekindle.retention.<name>}. */
    String dataClass();

    /** How long it is kept where nothing is set; empty: for ever. */
    Optional<Duration> keptByDefault();

    /** What is older than a moment. */
    Aged olderThan(Instant before);

    /** Removes what is older; how much it was. */
    long remove(Instant before);

    /**
     * @param count rows, or persons
     * @param oldest of the oldest of them; null when there are none
     */
    record Aged(long count, @Nullable Instant oldest) {}
}
