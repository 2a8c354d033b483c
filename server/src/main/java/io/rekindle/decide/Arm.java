package io.rekindle.decide;

import java.util.Locale;

/** What a member of the audience was drawn for. */
public enum Arm {
    TREATMENT,
    HOLDOUT;

    /** As stored and shown. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
