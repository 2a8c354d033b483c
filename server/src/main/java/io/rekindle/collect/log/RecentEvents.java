package io.rekindle.collect.log;

import io.rekindle.collect.LoggedEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of the log as it was read last. All tails want the same events within moments of each other: the first to ask
 * reads and parses them, the others take what it read. One that is far behind reads for itself.
 */
final class RecentEvents {
    static final int MOST_KEPT = 16_384;

    /** Reads a run of the log from where it is kept. */
    @FunctionalInterface
    interface Source {
        List<LoggedEvent> read(long fromSeq, long toSeq);
    }

    /** Without gaps: place i holds event {@code firstSeq + i}. */
    private ArrayList<LoggedEvent> kept = new ArrayList<>();

    private long firstSeq = 1;

    /** The events from one place to another, both included. */
    List<LoggedEvent> read(long fromSeq, long toSeq, Source source) {
        synchronized (this) {
            if (kept.isEmpty()) firstSeq = fromSeq;
            long nextSeq = firstSeq + kept.size();
            boolean ahead = fromSeq > nextSeq;
            if (fromSeq >= firstSeq) {
                if (toSeq >= nextSeq) extend(ahead ? fromSeq : nextSeq, toSeq, ahead, source);
                int start = (int) (fromSeq - firstSeq);
                var events = List.copyOf(kept.subList(start, (int) (toSeq - firstSeq) + 1));
                forget(fromSeq);
                return events;
            }
        }
        return source.read(fromSeq, toSeq);
    }

    private void extend(long fromSeq, long toSeq, boolean anew, Source source) {
        var more = source.read(fromSeq, toSeq);
        if (anew) {
            kept.clear();
            firstSeq = fromSeq;
        }
        kept.addAll(more);
    }

    /** Only at the front, and never what is being asked for: a tail that lags a little still finds its batch. */
    private void forget(long beforeSeq) {
        int surplus = (int) Math.min(kept.size() - MOST_KEPT, beforeSeq - firstSeq);
        if (surplus <= 0) return;
        kept = new ArrayList<>(kept.subList(surplus, kept.size()));
        firstSeq += surplus;
    }
}
