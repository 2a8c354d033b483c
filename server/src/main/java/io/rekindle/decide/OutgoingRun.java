package io.rekindle.decide;

import io.rekindle.consent.Ask;
import io.rekindle.consent.Category;
import java.time.Instant;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of one run have in common.
 *
 * @param purpose the purpose permission is asked for: {@code marketing}
 * @param topic what the messages are about, as customers choose topics; null: nothing in particular
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
        @Nullable String topic,
        Category category,
        long templateId,
        int templateVersion,
        @Nullable Long offerId,
        Instant plannedAt,
        LocalTime windowFrom,
        LocalTime windowTo,
        Instant expiresAt,
        long lastMerge) {

    /** Instead of a campaign's number: a mail a customer asked for. */
    public static final long NO_CAMPAIGN = 0;

    /** Whether the messages are a campaign's, and not mails a customer asked for. */
    public boolean isOfCampaign() {
        return campaignId != NO_CAMPAIGN;
    }

    /** The permission the messages need. */
    public Ask ask() {
        return new Ask(purpose, channel, topic, category);
    }
}
