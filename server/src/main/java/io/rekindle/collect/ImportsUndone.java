package io.rekindle.collect;

import java.util.Collection;

/**
 * Whoever keeps what events of imports said, or draws conclusions from several lines of the history, which an undone import may take the ground from. It is
 * told after the history says so and every tail has read on; a server that ends before asks again at its next start.
 */
public interface ImportsUndone {
    /**
     * Takes back what came of these imports, and draws conclusions anew where they changed; a second time changes nothing.
     *
     * @param undone imports that were undone, failed or interrupted
     */
    void settle(Collection<Long> undone);
}
