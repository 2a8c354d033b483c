package io.rekindle.collect;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A reader of the log that keeps state of its own. The runner calls it with one batch at a time inside a PostgreSQL
 * transaction that also moves the tail's offset, so a crash repeats nothing in PostgreSQL. The end of a batch is fixed
 * in PostgreSQL before the tail sees it: after a crash the very same batch comes again, and what a tail appends to the
 * warehouse under {@link Batch#id} is appended once.
 */
public interface Tail {
    /** Stable: the offset is kept under it. */
    String name();

    /** Whether it wants {@link LoggedEvent#personal}; the fields are deleted from intake once such a tail has them. */
    default boolean wantsPersonalFields() {
        return false;
    }

    /** Of which events, for one that wants them; the rest comes without. */
    default boolean wantsPersonalFieldsOf(LoggedEvent event) {
        return true;
    }

    /** Whether it wants the events themselves; one that asks the warehouse for them by their places does not. */
    default boolean wantsEvents() {
        return true;
    }

    /** Which events it looks at. One that is far behind is given only those; otherwise there may be others among them. */
    default Interest interest() {
        return Interest.EVERYTHING;
    }

    /**
     * Kinds of events.
     *
     * @param types all events of these types
     * @param tracked and those {@link EventType#TRACK} events that have one of these names
     * @param identifiedBy and all events with an identifier of these types
     */
    record Interest(Set<EventType> types, Set<String> tracked, Set<Identifier.Type> identifiedBy) {
        public static final Interest EVERYTHING = new Interest(EnumSet.allOf(EventType.class), Set.of());

        public Interest {
            types = Set.copyOf(types);
            tracked = Set.copyOf(tracked);
            identifiedBy = Set.copyOf(identifiedBy);
        }

        public Interest(Set<EventType> types, Set<String> tracked) {
            this(types, tracked, Set.of());
        }
    }

    /** Tails this one must not overtake, by name. */
    default List<String> after() {
        return List.of();
    }

    void process(Batch batch);

    /** A run of the log; {@code events} are those of it the tail wants, in the order of the log. */
    record Batch(String tail, long fromSeq, long toSeq, List<LoggedEvent> events) {
        public Batch {
            events = List.copyOf(events);
        }

        /** A batch id for appends to the warehouse: the same whenever this batch is processed again. */
        public String id() {
            return "%s:%d-%d".formatted(tail, fromSeq, toSeq);
        }
    }
}
