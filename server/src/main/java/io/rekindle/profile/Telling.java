package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.profile.Facts.Fact;
import io.rekindle.profile.Facts.Series;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which facts the history is told. Most say what was said before; with all of them it would be many times as large.
 *
 * <p>A repetition is not told while its series spoke last of the person: then nothing lies between what the history has and
 * it, so whatever the rule, both give the same. As soon as something does (another series says something of an earlier time,
 * or two people turn out to be one), the repetition is told after all, with its own time. So of any two series the history
 * knows the value each said last and which spoke later: all that any rule asks, also one that is put in force afterwards.
 *
 * <p>A fact from before what its series says now is told for its own time.
 */
final class Telling<V> {
    /** Whether the history has the last word of a series. */
    enum Known {
        /** With its time. */
        TOLD,
        /** With an earlier time: it was said again since. */
        REPEATED,
        /** Perhaps, without the source: it was told before sources were. */
        UNSOURCED
    }

    /** What a series says now. */
    record Last<V>(Fact<V> fact, Known known) {}

    /** A row of the history. */
    record Told<V>(Series series, Fact<V> fact) {}

    private record Of(CustomerId person, String name) {}

    private final Map<Series, Last<V>> lasts = new HashMap<>();
    private final Map<Of, Set<Series>> voices = new HashMap<>();
    private final Map<CustomerId, CustomerId> people;
    private final Map<Series, Last<V>> changed = new LinkedHashMap<>();
    private final Set<Told<V>> told = new LinkedHashSet<>();

    /**
     * @param before what all series of the people say
     * @param people whose each identity is; one that is not there is its own
     */
    Telling(Map<Series, Last<V>> before, Map<CustomerId, CustomerId> people) {
        this.people = people;
        before.forEach((series, last) -> {
            lasts.put(series, last);
            voicesOf(series).add(series);
        });
    }

    void take(Facts<V> facts) {
        for (var one : facts.inOrder()) take(one.series(), one.fact());
    }

    private void take(Series series, Fact<V> fact) {
        var all = voicesOf(series);
        all.add(series);
        var last = lasts.get(series);
        boolean isLatest = last == null || Facts.AS_OCCURRED.compare(last.fact(), fact) <= 0;
        if (last != null
                && isLatest
                && last.known() != Known.UNSOURCED
                && last.fact().value().equals(fact.value())
                && spokeLast(series, last.fact(), all)) {
            put(series, new Last<>(fact, Known.REPEATED));
            return;
        }
        told.add(new Told<>(series, fact));
        if (isLatest) put(series, new Last<>(fact, Known.TOLD));
        else tell(series);
        for (var other : all)
            if (!other.equals(series) && Facts.AS_OCCURRED.compare(last(other).fact(), fact) > 0) tell(other);
    }

    private boolean spokeLast(Series series, Fact<V> last, Collection<Series> all) {
        for (var other : all)
            if (!other.equals(series) && Facts.AS_OCCURRED.compare(last(other).fact(), last) > 0) return false;
        return true;
    }

    /** Tells what a series says now, unless it is known. */
    private void tell(Series series) {
        var last = last(series);
        if (last.known() == Known.TOLD) return;
        told.add(new Told<>(series, last.fact()));
        put(series, new Last<>(last.fact(), Known.TOLD));
    }

    private void put(Series series, Last<V> last) {
        lasts.put(series, last);
        changed.put(series, last);
    }

    private Last<V> last(Series series) {
        var last = lasts.get(series);
        if (last == null) throw new IllegalStateException("a series that said nothing: " + series.name());
        return last;
    }

    private Set<Series> voicesOf(Series series) {
        var person = people.getOrDefault(series.identity(), series.identity());
        return voices.computeIfAbsent(new Of(person, series.name()), any -> new LinkedHashSet<>());
    }

    /** Series that say another thing than before, or the same at another time, or are known otherwise. */
    Map<Series, Last<V>> changed() {
        return changed;
    }

    /** What the history is told, in the order in which it came up. */
    List<Told<V>> told() {
        return new ArrayList<>(told);
    }

    /** Persons and names of which several series have said something. */
    Map<CustomerId, Set<String>> contested() {
        var contested = new HashMap<CustomerId, Set<String>>();
        for (var series : changed.keySet())
            if (voicesOf(series).size() > 1)
                contested
                        .computeIfAbsent(
                                people.getOrDefault(series.identity(), series.identity()), any -> new LinkedHashSet<>())
                        .add(series.name());
        return contested;
    }
}
