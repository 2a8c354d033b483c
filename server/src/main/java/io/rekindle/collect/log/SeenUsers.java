package io.rekindle.collect.log;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Users whose id in clear has been handed over lately, so that it need not be with every event. It forgets: of the users
 * that fall on one row of {@value #WAYS} the last are held, and one forgotten is handed over once more, which does no
 * harm.
 */
final class SeenUsers {
    private static final int ROWS = 1 << 18;
    private static final int WAYS = 4;

    private final AtomicLongArray slots = new AtomicLongArray(ROWS * WAYS);

    boolean contains(long user) {
        int row = row(user);
        for (int way = 0; way < WAYS; way++) if (slots.getPlain(row + way) == user) return true;
        return false;
    }

    /** The log's one writer adds. */
    void add(long user) {
        if (contains(user)) return;
        int row = row(user);
        for (int way = WAYS - 1; way > 0; way--) slots.setPlain(row + way, slots.getPlain(row + way - 1));
        slots.setPlain(row, user);
    }

    void remove(long user) {
        int row = row(user);
        for (int way = 0; way < WAYS; way++) slots.compareAndSet(row + way, user, 0);
    }

    private static int row(long user) {
        return WAYS * (int) (user & (ROWS - 1));
    }
}
