package io.rekindle.profile;

import java.util.List;
import java.util.Map;

/** A module that uses tags: a tag nothing uses is shown, and one in use is not retired. */
public interface TagUse {
    /** What uses tags, by their keys, each in words, e.g. {@code segment 5 'Sleepers'}. */
    Map<String, List<String>> users();
}
