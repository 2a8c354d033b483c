package io.rekindle.simulator;

/**
 * What being written to truly changes for a group of customers, known to the simulator alone.
 *
 * @param customers how many customers the means are over
 * @param treatment mean probability of at least one order in the window when assigned to be written to
 * @param holdout the same when held out
 */
public record TrueEffect(int customers, double treatment, double holdout) {
    /** The effect on conversion of being assigned to be written to: treatment less holdout. */
    public double effect() {
        return treatment - holdout;
    }
}
