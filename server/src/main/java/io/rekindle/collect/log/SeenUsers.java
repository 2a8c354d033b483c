package io.rekindle.collect.log;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Users whose id in clear has been handed over lately, so that it need not be with every event. It forgets: a slot
 * holds the last user that fell on it, and one forgotten is handed over once more, which does no harm.
 */
final class SeenUsers {
    private static final int SLOTS = 1 << 20;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    boolean contains(long user) {
        return slots.getPlain(slot(user)) == user;
    }

    void add(long user) {
        slots.setPlain(slot(user), user);
    }

    void remove(long user) {
        int slot = slot(user);
        slots.compareAndSet(slot, user, 0);
    }

    private static int slot(long user) {
        return (int) (user & (SLOTS - 1));
    }
}
