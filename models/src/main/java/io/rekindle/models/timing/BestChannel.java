package io.rekindle.models.timing;

/**
 * The channel over which a customer is best reached.
 *
 * @param channel the customer's own where it is told, else the one on which most respond
 * @param told whether the customer's own channel can be told; otherwise too little is known of them
 * @param own the channel of the highest expected rate, told or not
 * @param chance probability that its rate is higher than that of everybody's best
 * @param rate expected rate of response on it
 * @param messages how many messages this rests on
 */
public record BestChannel(int channel, boolean told, int own, double chance, double rate, long messages) {}
