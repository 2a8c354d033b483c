package io.rekindle.plan;

import io.rekindle.segment.SegmentUse;
import io.rekindle.segment.Segments;
import io.rekindle.warehouse.Sql;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Audiences are segments; one that an objective or a campaign uses is not deleted. */
@Component
class SegmentAudiences implements Audiences, SegmentUse {
    private final Segments segments;
    private final JdbcClient jdbc;

    SegmentAudiences(Segments segments, JdbcClient jdbc) {
        this.segments = segments;
        this.jdbc = jdbc;
    }

    @Override
    public int version(long segmentId) {
        return segments.get(segmentId).version();
    }

    @Override
    public Sql members(long segmentId, @Nullable Integer version, Instant asOf) {
        return version == null ? segments.members(segmentId, asOf) : segments.members(segmentId, version, asOf);
    }

    @Override
    public List<String> usersOf(long segmentId) {
        return jdbc.sql("""
                        select 'objective ' as kind, id, name from objectives where segment_id = :segment
                        union all
                        select 'campaign ', id, name from campaigns
                        where segment_id = :segment and state not in ('finished', 'cancelled')
                        """)
                .param("segment", segmentId)
                .query((r, n) -> "%s%d '%s'".formatted(r.getString("kind"), r.getLong("id"), r.getString("name")))
                .list();
    }
}
