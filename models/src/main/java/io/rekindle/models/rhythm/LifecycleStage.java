package io.rekindle.models.rhythm;

/** Where a customer stands in the course of being one. */
public enum LifecycleStage {
    /** Known, has not bought yet. */
    PROSPECT,
    /** Has just begun to buy, and is not late. */
    NEW,
    /** Still forming the habit, or buying faster than before. */
    GROWING,
    /** Buys in a settled rhythm, and is on time. */
    MATURE,
    /** Somewhat late, or on time but buying more slowly than before. */
    COOLING,
    /** Later than all but a few active customers ever are. */
    LAPSING,
    /** So late that hardly any active customer would be. */
    LOST
}
