package io.rekindle.collect.quality;

import java.time.LocalDate;

/** How many of a day's things had a property. */
record Rate(LocalDate day, double hits, double of) {
    Rate {
        if (!(of >= 0 && hits >= 0 && hits <= of))
            throw new IllegalArgumentException("%s of %s is no share".formatted(hits, of));
    }

    double share() {
        return hits / of;
    }
}
