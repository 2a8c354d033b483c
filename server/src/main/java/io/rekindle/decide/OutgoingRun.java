package io.rekindle.decide;

import java.time.Instant;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of one run have in common.
 *
 * @param purpose the purpose permission is asked for: {@code marketing}
 * @param offerId the offer each message takes a code of; null for none
 * @param plannedAt when to send, at the earliest
 * @param windowFrom first minute of the day, in the company's zone, at which may be sent
 * @param windowTo first minute at which may not be sent any more
 * @param expiresAt from then on it is too late: what is not sent is skipped with reason {@code expired}
 * @param lastMerge the number of the latest merge of customers the ledger knew of
 */
public record OutgoingRun(
        long runId,
        long campaignId,
        String purpose,
        String channel,
        long templateId,
        int templateVersion,
        @Nullable Long offerId,
        Instant plannedAt,
        LocalTime windowFrom,
        LocalTime windowTo,
        Instant expiresAt,
        long lastMerge) {}
