package io.rekindle.collect;

import java.util.Set;

/**
 * What a module works out from track events whenever it is asked, so that what these say is kept as long as they are. Tails
 * tell it by their interest.
 */
public interface EventsTaken {
    /** The names of these events. */
    Set<String> names();
}
