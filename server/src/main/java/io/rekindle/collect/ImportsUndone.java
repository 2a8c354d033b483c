package io.rekindle.collect;

/**
 * Whoever draws conclusions from several lines of the history, which an undone import may take the ground from. It is
 * told after the history says so and every tail has read on; a server that ends before asks again at its next start.
 */
public interface ImportsUndone {
    /** Draws them anew where they changed; a second time changes nothing. */
    void settle();
}
