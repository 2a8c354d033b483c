package io.rekindle.bench.soak;

import java.util.HashMap;
import java.util.Map;

/** What follows from the batches that were acknowledged: who is one person, what each said last, how much was ordered. */
final class Truth {
    private final Map<String, String> parents = new HashMap<>();
    private final Map<String, Long> lastNumbers = new HashMap<>();
    private long orders;

    /** In the order in which they were acknowledged to a client. */
    void see(Crowd.Item item) {
        var identifiers = item.identifiers();
        for (var identifier : identifiers) {
            parents.putIfAbsent(identifier, identifier);
            parents.put(personOf(identifier), personOf(identifiers.getFirst()));
        }
        if (item.kind() == Crowd.Kind.IDENTIFY) lastNumbers.put(identifiers.getFirst(), item.number());
        if (item.kind() == Crowd.Kind.ORDER) orders++;
    }

    /** One of the identifiers of the same person, the same for all of them. */
    String personOf(String identifier) {
        var at = identifier;
        for (var parent = parents.getOrDefault(at, at); !parent.equals(at); parent = parents.getOrDefault(at, at))
            at = parent;
        return at;
    }

    Iterable<String> identifiers() {
        return parents.keySet();
    }

    /** By account, what its trait {@code n} is. */
    Map<String, Long> lastNumbers() {
        return lastNumbers;
    }

    long orders() {
        return orders;
    }
}
