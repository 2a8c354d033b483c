package io.rekindle.models.value;

/** How much a customer matters: the coarse split for budgets and reports. */
public enum ValueTier {
    /** The most valuable customers. */
    HIGH,
    /** The broad middle. */
    MIDDLE,
    /** The others. */
    LOW
}
