package io.rekindle.decide;

import io.rekindle.consent.Category;
import io.rekindle.identity.Identities;
import io.rekindle.plan.Campaign;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The launches there were. */
@Component
public class Runs {
    private static final String COLUMNS = """
            select id, campaign_id, segment_id, segment_version, template_id, template_version, offer_id, purpose,
                channel, topic, category, holdout_share, salt, decided_at, planned_at, send_from, send_to, window_to,
                last_merge, state, cancelled
            from runs
            """;

    private final JdbcClient jdbc;
    private final Identities identities;

    Runs(JdbcClient jdbc, Identities identities) {
        this.jdbc = jdbc;
        this.identities = identities;
    }

    public Optional<Run> find(long id) {
        return jdbc.sql(COLUMNS + "where id = :id")
                .param("id", id)
                .query((r, n) -> run(r))
                .optional();
    }

    public Optional<Run> ofCampaign(long campaignId) {
        return jdbc.sql(COLUMNS + "where campaign_id = :campaign")
                .param("campaign", campaignId)
                .query((r, n) -> run(r))
                .optional();
    }

    /** Runs whose ledger or outbox may lack its part. */
    List<Run> planning() {
        return jdbc.sql(COLUMNS + "where state = 'planning' order by id")
                .query((r, n) -> run(r))
                .list();
    }

    /** Writes down that a campaign is being launched; everything a repetition needs is in the row. */
    long insert(Campaign campaign, int templateVersion, String salt, Instant now, Instant planned) {
        return jdbc.sql("""
                        insert into runs (campaign_id, segment_id, segment_version, template_id, template_version,
                            offer_id, purpose, channel, topic, category, holdout_share, salt, decided_at, planned_at, send_from, send_to,
                            window_to, last_merge, state)
                        values (:campaign, :segment, :segmentVersion, :template, :templateVersion, :offer, :purpose,
                            :channel, :topic, :category, :share, :salt, :now, :planned, :from, :to, :windowTo,
                            :lastMerge, 'planning') returning id
                        """)
                .param("campaign", campaign.id())
                .param("segment", campaign.segmentId())
                .param("segmentVersion", campaign.segmentVersion())
                .param("template", campaign.templateId())
                .param("templateVersion", templateVersion)
                .param("offer", campaign.offerId())
                .param("purpose", campaign.ask().purpose())
                .param("channel", campaign.ask().channel())
                .param("topic", campaign.topic(), Types.VARCHAR)
                .param("category", campaign.category().code())
                .param("share", campaign.holdoutShare())
                .param("salt", salt)
                .param("now", at(now))
                .param("planned", at(planned))
                .param("from", campaign.sendWindow().from())
                .param("to", campaign.sendWindow().to())
                .param("windowTo", at(planned.plus(Duration.ofDays(campaign.attributionDays()))))
                .param("lastMerge", identities.latestMerge())
                .query(Long.class)
                .single();
    }

    /** The run, locked until the transaction ends. */
    Run lock(long id) {
        return jdbc.sql(COLUMNS + "where id = :id for update")
                .param("id", id)
                .query((r, n) -> run(r))
                .single();
    }

    void planned(long id) {
        jdbc.sql("update runs set state = 'planned' where id = :id")
                .param("id", id)
                .update();
    }

    /** Marks the run of a campaign, if there is one; it is returned as it was before. */
    Optional<Run> cancel(long campaignId) {
        var run = jdbc.sql(COLUMNS + "where campaign_id = :campaign for update")
                .param("campaign", campaignId)
                .query((r, n) -> run(r))
                .optional();
        run.ifPresent(it -> jdbc.sql("update runs set cancelled = true where id = :id")
                .param("id", it.id())
                .update());
        return run;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Run run(ResultSet r) throws SQLException {
        return new Run(
                r.getLong("id"),
                r.getLong("campaign_id"),
                r.getLong("segment_id"),
                r.getObject("segment_version", Integer.class),
                r.getLong("template_id"),
                r.getInt("template_version"),
                r.getObject("offer_id", Long.class),
                r.getString("purpose"),
                r.getString("channel"),
                r.getString("topic"),
                Category.of(r.getString("category")),
                r.getDouble("holdout_share"),
                r.getString("salt"),
                r.getObject("decided_at", OffsetDateTime.class).toInstant(),
                r.getObject("planned_at", OffsetDateTime.class).toInstant(),
                Objects.requireNonNull(r.getObject("send_from", LocalTime.class)),
                Objects.requireNonNull(r.getObject("send_to", LocalTime.class)),
                r.getObject("window_to", OffsetDateTime.class).toInstant(),
                r.getLong("last_merge"),
                r.getString("state").equals("planned"),
                r.getBoolean("cancelled"));
    }
}
