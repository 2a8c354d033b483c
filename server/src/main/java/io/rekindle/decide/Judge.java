package io.rekindle.decide;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Says for a whole audience who may be written to. */
interface Judge {
    /** For each id the first reason not to write to it; null where there is none. */
    @Nullable
    String[] reasons(long[] customerIds, String purpose, String channel, Instant at);
}
