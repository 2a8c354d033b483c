package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a batch says of identities, in the order of the log. In a series the fact that occurred last stands, whatever the
 * order facts come in; of two at one instant the later one in the log. Which series stands for a customer is the conflict
 * rule's to say ({@link TraitRules}).
 */
final class Facts<V> {
    static final Comparator<Fact<?>> AS_OCCURRED =
            Comparator.<Fact<?>, Instant>comparing(Fact::at).thenComparingLong(Fact::seq);

    private final List<Said<V>> said = new ArrayList<>();
    private final Map<Series, Integer> latest = new HashMap<>();

    /**
     * What one source says of one identity under one name.
     *
     * @param importId of the import that says so; 0 when none does: each import's word is kept by itself, to be taken back
     */
    record Series(CustomerId identity, String name, int source, long importId) {
        /** What the events of a source say. */
        Series(CustomerId identity, String name, int source) {
            this(identity, name, source, 0);
        }
    }

    record Fact<V>(V value, Instant at, long seq) {}

    record Said<V>(Series series, Fact<V> fact) {}

    /** What a series says now, and whether the value itself is another than before. */
    record Standing<V>(Series series, Fact<V> fact, boolean changed) {}

    /** An event that says two things under one name says the later one. */
    void say(Series series, Fact<V> fact) {
        var before = latest.get(series);
        if (before != null && said.get(before).fact().seq() == fact.seq()) {
            said.set(before, new Said<>(series, fact));
            return;
        }
        latest.put(series, said.size());
        said.add(new Said<>(series, fact));
    }

    boolean isEmpty() {
        return said.isEmpty();
    }

    /** In the order of the log. */
    List<Said<V>> inOrder() {
        return said;
    }

    Set<Series> series() {
        return latest.keySet();
    }

    Set<CustomerId> identities() {
        var identities = new LinkedHashSet<CustomerId>();
        for (var one : latest.keySet()) identities.add(one.identity());
        return identities;
    }

    /** The series that say another thing than before, or the same thing later. */
    List<Standing<V>> over(Map<Series, Fact<V>> before) {
        var now = new LinkedHashMap<Series, Fact<V>>();
        for (var one : said) {
            @Nullable Fact<V> last = now.get(one.series());
            if (last == null) last = before.get(one.series());
            if (last == null || AS_OCCURRED.compare(last, one.fact()) <= 0) now.put(one.series(), one.fact());
        }
        var standing = new ArrayList<Standing<V>>();
        now.forEach((series, fact) -> {
            var first = before.get(series);
            standing.add(
                    new Standing<>(series, fact, first == null || !first.value().equals(fact.value())));
        });
        return standing;
    }
}
