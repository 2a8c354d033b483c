package io.rekindle.decide;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger: what a run decided on one member of its audience, and why.
 *
 * @param reason why not eligible; null when eligible
 * @param arm null when not eligible
 * @param probability with which this arm was drawn
 * @param salt with which it was drawn: see {@link Assignment}
 * @param action {@code send} or {@code skip}
 * @param actionReason why skipped: {@code held_out} or {@code not_eligible}
 */
public record Decision(
        @JsonFormat(shape = JsonFormat.Shape.STRING) long decisionId,
        long runId,
        long campaignId,
        CustomerId customerId,
        boolean eligible,
        @Nullable String reason,
        @Nullable String arm,
        @Nullable Double probability,
        String salt,
        String action,
        @Nullable String actionReason,
        @Nullable String channel,
        @Nullable Long offerId,
        @Nullable Instant plannedAt,
        @Nullable Double expectedValue,
        @Nullable String modelVersions,
        Instant decidedAt) {}
