package io.rekindle.models.value;

/** How the parameters of a model are found. */
public enum Estimation {
    /** What makes the data most likely. */
    MAXIMUM_LIKELIHOOD,
    /**
     * What is most likely after the data, under a weak prior: each parameter's logarithm is normal about the value the
     * search starts from (an average shop, in units of the data's own mean age and mean frequency) with a standard
     * deviation of 1. It weighs as much as a handful of customers: with a few hundred it hardly shows, with thirty it keeps
     * the estimates from running to the edge. {@link io.rekindle.models.Fit#prior} says so in words.
     */
    REGULARISED
}
