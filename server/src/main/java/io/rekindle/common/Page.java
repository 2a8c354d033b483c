package io.rekindle.common;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One page of a list, and the cursor that asks for the next one; null when this is the last. */
public record Page<T>(List<T> items, @Nullable String nextCursor) {
    /** The largest limit a list may be asked with; whatever is asked over HTTP lies between 1 and this. */
    public static final int LARGEST = 500;

    public Page {
        items = List.copyOf(items);
    }

    /**
     * Makes a page of at most {@code limit} items from a list that was read one row further, so that the extra row
     * tells whether there is more.
     */
    public static <T> Page<T> of(List<T> oneMoreThanLimit, int limit, Function<T, String> cursor) {
        if (oneMoreThanLimit.size() <= limit) return new Page<>(oneMoreThanLimit, null);
        var items = oneMoreThanLimit.subList(0, limit);
        return new Page<>(items, cursor.apply(items.getLast()));
    }
}
