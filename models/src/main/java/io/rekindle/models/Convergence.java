package io.rekindle.models;

/** Where the likelihood has its maximum. */
public enum Convergence {
    /** In the interior: the parameters are identified and their standard errors mean what they say. */
    INTERIOR,
    /**
     * The likelihood rises towards the edge of the parameter space (no drop-out seen, no difference between customers,
     * too few repeat purchases). Predictions within the observed period remain usable; the parameters at the edge have
     * no finite standard error, and the others' are conditional on the edge.
     */
    AT_BOUNDARY
}
