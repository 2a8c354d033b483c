package io.rekindle.app.demo;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a demonstration found, and the truth only the simulator knows.
 *
 * @param customers customers of the simulated shop
 * @param seed the seed everything random followed from
 * @param plantedEffect the effect of being written to that the simulator was given
 * @param campaignId the campaign, to look at in the console
 * @param audience members of the segment, each with a row in the ledger
 * @param eligible of these, those who may be written to: they were drawn into the arms
 * @param heldOut of these, the ones drawn into the hold-out
 * @param sent messages handed to a mail server
 * @param delivered messages a mail server accepted and did not send back since
 * @param lift the measured differences, intention to treat
 * @param truth the true difference in conversion over the customers drawn into the arms
 * @param verdict positive, negative, no_difference or not_measurable
 * @param words the verdict in words
 * @param seconds how long it took
 */
public record DemoReport(
        int customers,
        long seed,
        double plantedEffect,
        long campaignId,
        long audience,
        long eligible,
        long heldOut,
        long sent,
        long delivered,
        Lift lift,
        Truth truth,
        String verdict,
        String words,
        JsonNode cost,
        JsonNode netGain,
        double seconds) {

    /** The measured differences between the arms; null where they cannot be compared. */
    public record Lift(
            @Nullable Difference conversion,
            @Nullable Difference orders,
            @Nullable Difference netRevenuePerCustomer) {}

    /** One difference with its 95 % interval and p. */
    public record Difference(double treatment, double holdout, double estimate, double low, double high, double p) {
        static @Nullable Difference of(JsonNode node) {
            if (!node.isObject()) return null;
            return new Difference(
                    node.path("treatment").asDouble(),
                    node.path("holdout").asDouble(),
                    node.path("estimate").asDouble(),
                    node.path("low").asDouble(),
                    node.path("high").asDouble(),
                    node.path("p").asDouble());
        }
    }

    /**
     * From the simulator's own probabilities, over the customers drawn into the arms, undelivered included: the mean of
     * P(buys in the window | assigned to be written to) − P(buys | held out).
     */
    public record Truth(double conversion) {}
}
