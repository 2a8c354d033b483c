package io.rekindle.collect.quality;

import java.util.Comparator;

/**
 * What calls are told apart by.
 *
 * @param name empty for calls without one
 */
record EventKind(String type, String name) {
    static final Comparator<EventKind> ORDER =
            Comparator.comparing(EventKind::type).thenComparing(EventKind::name);

    /** All of a source's. */
    static final EventKind ALL = new EventKind("", "");
}
