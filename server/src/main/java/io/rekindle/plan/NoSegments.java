package io.rekindle.plan;

import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Until the module of segments is there, there are none. */
@Component
class NoSegments implements Audiences {
    @Override
    public int version(long segmentId) {
        throw Problem.notFound("segment_unknown", "there is no segment %d".formatted(segmentId));
    }

    @Override
    public Sql members(long segmentId, @Nullable Integer version, Instant asOf) {
        throw Problem.notFound("segment_unknown", "there is no segment %d".formatted(segmentId));
    }
}
