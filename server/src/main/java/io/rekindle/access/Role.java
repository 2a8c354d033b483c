package io.rekindle.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a caller may do. Each role also may what the ones named after it may. */
public enum Role {
    /** Everything: keys, users, sources, settings. */
    ADMIN,
    /** Make and change objectives, segments, offers, templates, campaigns. */
    PLANNER,
    /** Approve campaigns. */
    APPROVER,
    /** Ask about customers: previews and forecasts, customers, decisions, messages; personal data masked. */
    ANALYST,
    /** See the overview, results and lists; nothing about single customers. */
    VIEWER;

    /** The word it travels by: {@code admin}. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
