package io.rekindle.decide;

/** Hears that a run is planned, in the transaction that says so; for what stands to the right. */
public interface RunPlanned {
    void planned(Run run);
}
