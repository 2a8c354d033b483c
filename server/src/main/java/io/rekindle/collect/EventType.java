package io.rekindle.collect;

/** The six calls of Segment's specification. */
public enum EventType {
    IDENTIFY,
    TRACK,
    PAGE,
    SCREEN,
    GROUP,
    ALIAS
}
