package io.rekindle.access;

/** What a caller may do. Each role also may what the ones named after it may. */
public enum Role {
    /** Everything: keys, users, sources, settings. */
    ADMIN,
    /** Make and change objectives, segments, offers, templates, campaigns. */
    PLANNER,
    /** Approve campaigns. */
    APPROVER,
    /** Query everything, personal data masked. */
    ANALYST,
    /** See pages and reports. */
    VIEWER
}
