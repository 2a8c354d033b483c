package io.rekindle.collect.quality;

import java.util.Optional;

/**
 * What can be said of a day beside the weeks before.
 *
 * @param judged whether there was enough to tell
 * @param usual what was to be expected; 0 when not judged
 * @param found what there was; 0 when not judged
 * @param departs whether the day is not as usual
 */
record Departure(boolean judged, double usual, double found, boolean departs) {
    static final Departure UNKNOWN = new Departure(false, 0, 0, false);

    Optional<Departure> ifDeparts() {
        return departs ? Optional.of(this) : Optional.empty();
    }
}
