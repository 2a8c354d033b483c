package io.rekindle.collect.intake;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/**
 * Calls of a source that were refused as a whole, by its rules or for what they are, by reason, since the server started. Not stored: whoever is
 * refused knows, and a client that hammers must not make the server write.
 */
@Component
public final class Refusals {
    private record Kind(int source, String reason) {}

    private final Map<Kind, LongAdder> calls = new ConcurrentHashMap<>();

    void count(int source, String reason) {
        calls.computeIfAbsent(new Kind(source, reason), kind -> new LongAdder()).increment();
    }

    /** Refused calls by reason. */
    public Map<String, Long> of(int source) {
        var ofSource = new TreeMap<String, Long>();
        calls.forEach((kind, number) -> {
            if (kind.source() == source) ofSource.put(kind.reason(), number.sum());
        });
        return ofSource;
    }
}
