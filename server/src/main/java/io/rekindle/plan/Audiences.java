package io.rekindle.plan;

import io.rekindle.warehouse.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who is in a segment: what planning and deciding ask of the part that knows segments. */
public interface Audiences {
    /** The version of the segment's rule that is in force; a {@code Problem} when there is no such segment. */
    int version(long segmentId);

    /**
     * A query with the one column {@code customer_id}, one row per member as of an instant.
     *
     * @param version the version of the rule; null: the one in force
     */
    Sql members(long segmentId, @Nullable Integer version, Instant asOf);
}
