package io.rekindle.collect;

/** The six calls of Segment's specification. */
public enum EventType {
    IDENTIFY,
    TRACK,
    PAGE,
    SCREEN,
    GROUP,
    ALIAS;

    private final String code = name().toLowerCase(java.util.Locale.ROOT);

    /** As clients send it and the log stores it. */
    public String code() {
        return code;
    }
}
