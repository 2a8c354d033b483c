package io.rekindle.decide;

import io.rekindle.consent.Ask;
import io.rekindle.consent.Category;
import java.time.Instant;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;

/**
 * One launch of a campaign.
 *
 * @param decidedAt the moment as of which the audience was taken
 * @param plannedAt when the messages are due; for both arms the window of purchases that count begins here
 * @param windowTo end of that window, exclusive
 * @param lastMerge the number of the latest merge of customers that was known then
 * @param planned whether ledger and outbox are whole
 */
public record Run(
        long id,
        long campaignId,
        long segmentId,
        @Nullable Integer segmentVersion,
        long templateId,
        int templateVersion,
        @Nullable Long offerId,
        String purpose,
        String channel,
        @Nullable String topic,
        Category category,
        double holdoutShare,
        String salt,
        Instant decidedAt,
        Instant plannedAt,
        LocalTime sendFrom,
        LocalTime sendTo,
        Instant windowTo,
        long lastMerge,
        boolean planned,
        boolean cancelled) {

    /** The permission its messages need. */
    public Ask ask() {
        return new Ask(purpose, channel, topic, category);
    }
}
