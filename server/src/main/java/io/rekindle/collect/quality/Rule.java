package io.rekindle.collect.quality;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What can be told of, and which of the four barriers between data and its use it is. */
public enum Rule {
    /** Far fewer calls than usual, or none. */
    SILENT(Barrier.NOT_AVAILABLE),
    /** A field is filled less often. */
    MISSING(Barrier.NOT_AVAILABLE),
    /** An identifier comes with fewer events: less can be said of whom they are about. */
    UNIDENTIFIED(Barrier.ONE_SIDED),
    /** Values are spread otherwise than before. */
    DRIFTED(Barrier.ONE_SIDED),
    /** Values of a field are not of its usual shape. */
    MALFORMED(Barrier.WRONG),
    /** What was a key names several things. */
    REPEATED_KEY(Barrier.WRONG),
    /** More calls came more than once. */
    DUPLICATES(Barrier.WRONG),
    /** More items were rejected or set aside. */
    REFUSED(Barrier.UNUSABLE),
    /** More events came late. */
    LATE(Barrier.UNUSABLE);

    /** Why data that should be there cannot be worked with. */
    public enum Barrier {
        NOT_AVAILABLE,
        ONE_SIDED,
        WRONG,
        UNUSABLE;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Barrier barrier;

    Rule(Barrier barrier) {
        this.barrier = barrier;
    }

    public Barrier barrier() {
        return barrier;
    }

    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
