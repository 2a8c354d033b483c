package io.rekindle.collect;

import java.util.Map;
import java.util.function.Predicate;

/** The tags a file of customers may fill; whoever keeps tags says which. */
public interface TagColumns {

    /** By the key of each tag that takes values from outside, whether a text is a value of it. */
    Map<String, Predicate<String>> now();
}
