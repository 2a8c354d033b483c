package io.rekindle.consent;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who of many customers may be written to, place by place in the order they were given. */
public final class Judgement {
    private final byte[] masks;

    Judgement(byte[] masks) {
        this.masks = masks;
    }

    /** How many were judged. */
    public int size() {
        return masks.length;
    }

    public boolean allows(int place) {
        return masks[place] == 0;
    }

    /** The first reason against the customer at this place, in the order of {@link Refusal}; empty when allowed. */
    public Optional<Refusal> reason(int place) {
        return reasons(place).stream().findFirst();
    }

    /** All reasons against the customer at this place, in the order of {@link Refusal}. */
    public Set<Refusal> reasons(int place) {
        return Refusal.ofMask(masks[place]);
    }

    /** How many are allowed. */
    public int allowed() {
        int allowed = 0;
        for (var mask : masks) if (mask == 0) allowed++;
        return allowed;
    }

    /** How many were refused, by their first reason; with {@link #allowed} it adds up to {@link #size}. */
    public Map<Refusal, Integer> refused() {
        var counts = new EnumMap<Refusal, Integer>(Refusal.class);
        for (int place = 0; place < masks.length; place++)
            reason(place).ifPresent(reason -> counts.merge(reason, 1, Integer::sum));
        return counts;
    }
}
