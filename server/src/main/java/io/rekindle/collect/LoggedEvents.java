package io.rekindle.collect;

import java.util.Collection;
import java.util.List;

/** Events of the history as they were logged, for who has to look at some of them again. */
public interface LoggedEvents {
    /** The events at these places of the log, in its order, without personal fields; a place without one is left out. */
    List<LoggedEvent> at(Collection<Long> places);
}
