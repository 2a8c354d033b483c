package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.rekindle.consent.Ask;
import io.rekindle.consent.Category;
import io.rekindle.consent.Permissions;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One mailing to one audience, planned so that what it changes can be told.
 *
 * @param segmentVersion the version of the segment's rule, pinned when the campaign was submitted
 * @param channel its template's
 * @param templateVersion pinned when the campaign was submitted
 * @param holdoutShare share of the eligible audience that is not written to, 0.01 to 0.5
 * @param attributionDays how long after the planned time purchases count
 * @param messageCost cost of one message
 * @param topic what it is about, as customers choose topics; null: nothing in particular
 * @param category what it is for customers: the contact budget has limits by category
 * @param forecast as it was at approval
 * @param objective as it was at approval: what the result is held against
 * @param runId the run that carried it out, once launched
 */
public record Campaign(
        long id,
        String name,
        long objectiveId,
        long segmentId,
        @Nullable Integer segmentVersion,
        long templateId,
        String channel,
        @Nullable Integer templateVersion,
        @Nullable Long offerId,
        double holdoutShare,
        SendWindow sendWindow,
        int attributionDays,
        BigDecimal messageCost,
        @Nullable String topic,
        Category category,
        CampaignState state,
        String author,
        @Nullable String approver,
        @Nullable Instant approvedAt,
        @Nullable Forecast forecast,
        @Nullable Objective objective,
        @Nullable Long runId) {

    /** The permission its messages need. */
    @JsonIgnore
    public Ask ask() {
        return new Ask(Permissions.MARKETING, channel, topic, category);
    }
}
