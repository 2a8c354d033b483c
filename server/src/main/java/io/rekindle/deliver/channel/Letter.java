package io.rekindle.deliver.channel;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one recipient is told, before it is made out for a provider.
 *
 * @param runId the run it belongs to
 * @param ofCampaign whether we write of our own accord; otherwise the customer asked for it, and it is neither followed nor
 *     unsubscribed from
 * @param address where it goes, as the channel has it
 * @param subject null: the channel has none
 * @param html null: the channel has none
 * @param text of a campaign on a channel without HTML its links are followed already
 * @param unsubscribeUrl where one click unsubscribes
 * @param at when it is made out
 */
public record Letter(
        long messageId,
        long decisionId,
        long runId,
        boolean ofCampaign,
        String address,
        @Nullable String subject,
        @Nullable String html,
        String text,
        String unsubscribeUrl,
        Instant at) {
    @Override
    public String toString() {
        return "Letter[message %d]".formatted(messageId);
    }
}
