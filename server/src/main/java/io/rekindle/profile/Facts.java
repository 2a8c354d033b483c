package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch says about identities, or about customers, and what stands after it. The fact that occurred last stands, whatever the order
 * facts come in; of two at one instant the later one in the log.
 */
final class Facts<V> {
    private static final Comparator<Fact<?>> AS_OCCURRED =
            Comparator.<Fact<?>, Instant>comparing(Fact::at).thenComparingLong(Fact::seq);

    private final Map<About, List<Fact<V>>> said = new HashMap<>();

    /** @param importId of the import that said so; 0 when none did: each import's word is kept by itself, to be taken back */
    record About(CustomerId customer, String name, long importId) {
        About(CustomerId customer, String name) {
            this(customer, name, 0);
        }
    }

    record Fact<V>(V value, Instant at, long seq, int source) {}

    /** What stands now, and whether the value itself is another than before. */
    record Standing<V>(About about, Fact<V> fact, boolean changed) {}

    /** A row of history: from when on what was so. */
    record Turn<V>(About about, Fact<V> fact) {}

    record Outcome<V>(List<Standing<V>> standing, List<Turn<V>> turns) {}

    void say(About about, Fact<V> fact) {
        said.computeIfAbsent(about, a -> new ArrayList<>()).add(fact);
    }

    boolean isEmpty() {
        return said.isEmpty();
    }

    /** The same facts, said of the people the identities belong to; of those people alone who are named. */
    Facts<V> of(Map<CustomerId, CustomerId> people, java.util.Set<CustomerId> named) {
        var theirs = new Facts<V>();
        said.forEach((about, facts) -> {
            var person = people.getOrDefault(about.customer(), about.customer());
            if (!named.contains(person)) return;
            for (var fact : facts) theirs.say(new About(person, about.name()), fact);
        });
        return theirs;
    }

    /** What stands of a person when each identity has said something: what occurred last. */
    static <V> Map<About, Fact<V>> standing(Map<About, Fact<V>> byIdentity, Map<CustomerId, CustomerId> people) {
        var standing = new HashMap<About, Fact<V>>();
        byIdentity.forEach((about, fact) -> standing.merge(
                new About(people.getOrDefault(about.customer(), about.customer()), about.name()),
                fact,
                (one, other) -> AS_OCCURRED.compare(one, other) >= 0 ? one : other));
        return standing;
    }

    void forEach(java.util.function.BiConsumer<About, Fact<V>> each) {
        said.forEach((about, facts) -> facts.forEach(fact -> each.accept(about, fact)));
    }

    java.util.Set<About> about() {
        return said.keySet();
    }

    /** Folds the facts into what stood before. */
    Outcome<V> over(Map<About, Fact<V>> before) {
        var standing = new ArrayList<Standing<V>>();
        var turns = new ArrayList<Turn<V>>();
        said.forEach((about, facts) -> {
            facts.sort(AS_OCCURRED);
            Fact<V> first = before.get(about);
            Fact<V> now = first;
            for (var fact : facts) now = fold(about, now, fact, turns);
            if (now != null && !now.equals(first))
                standing.add(new Standing<>(
                        about, now, first == null || !first.value().equals(now.value())));
        });
        return new Outcome<>(standing, turns);
    }

    private static <V> Fact<V> fold(About about, @Nullable Fact<V> now, Fact<V> fact, List<Turn<V>> turns) {
        if (now == null) {
            turns.add(new Turn<>(about, fact));
            return fact;
        }
        boolean same = now.value().equals(fact.value());
        if (AS_OCCURRED.compare(now, fact) <= 0) {
            if (!same) turns.add(new Turn<>(about, fact));
            return fact;
        }
        // A fact from before what stands: told for its own time, and what stands told again after it, for its time may
        // have moved since it was told. A repetition in between that was not told is lost to the history.
        turns.add(new Turn<>(about, fact));
        if (!same) turns.add(new Turn<>(about, now));
        return now;
    }
}
