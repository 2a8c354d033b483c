package io.rekindle.models.timing;

/**
 * The hour of the week at which a customer is best reached.
 *
 * @param hour of the week, 0 is Monday midnight: the customer's own where it is told, else everybody's best
 * @param told whether the customer's own hour can be told; otherwise too little is known of them
 * @param own the hour that is their likeliest, told or not
 * @param chance probability that they are more active at their own hour than at everybody's best
 * @param gain expected activity at their own hour over that at everybody's best; at least 1
 * @param activeHours how many active hours this rests on
 */
public record BestHour(int hour, boolean told, int own, double chance, double gain, int activeHours) {}
