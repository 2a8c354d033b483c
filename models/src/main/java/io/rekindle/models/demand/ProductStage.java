package io.rekindle.models.demand;

/** Where a product stands in its life. */
public enum ProductStage {
    /** New, and not yet clearly rising. */
    INTRODUCTION(0),
    /** Sells more from period to period. */
    GROWTH(1),
    /** Sells about the same. */
    MATURITY(2),
    /** Sells less from period to period. */
    DECLINE(3),
    /** Sold regularly before and not at all lately: taken off, or out of stock. */
    WITHDRAWN(4);

    /** Place among the stages, in the order of a life. */
    final int place;

    ProductStage(int place) {
        this.place = place;
    }
}
