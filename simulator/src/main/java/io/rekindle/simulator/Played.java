package io.rekindle.simulator;

/**
 * What was handed in at the intake's door, all of it acknowledged.
 *
 * @param events how many events
 * @param signUps how many of them are identify events
 * @param orders how many are orders
 * @param couponOrders how many of the orders used a coupon
 * @param refunds how many are refunds
 * @param views how many are looks at a product
 * @param paidCents what was paid for the orders, refunds not taken off, in cents
 */
public record Played(long events, int signUps, int orders, int couponOrders, int refunds, int views, long paidCents) {}
