package io.rekindle.identity;

/** Whoever keeps state by customer in PostgreSQL; the checker asks whether it lies with whom it belongs to. */
public interface IdentityFollower {
    /** What is kept, in a word. */
    String what();

    /** How many pieces of state stand under somebody they do not belong to today. */
    long misplaced();
}
