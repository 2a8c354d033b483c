package io.rekindle.segment;

import java.util.List;

/** A module that uses segments; a segment in use is not deleted. */
public interface SegmentUse {
    /** What uses the segment, each in words, e.g. {@code campaign 42 'Come back'}. */
    List<String> usersOf(long segmentId);
}
