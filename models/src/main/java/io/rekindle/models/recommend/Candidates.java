package io.rekindle.models.recommend;

import java.util.Arrays;
import java.util.Optional;

/**
 * What may be recommended to a customer.
 *
 * <p>Assumption: what is excluded must never be seen again, whatever its score. Source: none; a rule of the shop. Complexity:
 * a bit an item, and a lookup a pair.
 *
 * @param without pairs that are never recommended: what the customer owns, has in the basket, sent back; empty for none
 * @param available by item; empty where all are
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Candidates(Optional<Interactions> without, Optional<boolean[]> available) {
    /** Everything, owned or not: staples come back. */
    public static final Candidates ALL = new Candidates(Optional.empty(), Optional.empty());

    public Candidates {
        available = available.map(boolean[]::clone);
    }

    /** Everything but these pairs. */
    public static Candidates without(Interactions pairs) {
        return new Candidates(Optional.of(pairs), Optional.empty());
    }

    /** The same, of available items only. */
    public Candidates onlyAvailable(boolean[] items) {
        return new Candidates(without, Optional.of(items));
    }

    void check(Interactions data) {
        without.ifPresent(pairs -> {
            if (pairs.customers() != data.customers() || pairs.items() != data.items())
                throw new IllegalArgumentException(
                        "pairs to leave out of %d customers and %d items; there are %d and %d"
                                .formatted(pairs.customers(), pairs.items(), data.customers(), data.items()));
        });
        available.ifPresent(items -> {
            if (items.length != data.items())
                throw new IllegalArgumentException(
                        "availability of %d items; there are %d".formatted(items.length, data.items()));
        });
    }

    /** Marks what may be recommended to customers who have nothing of it yet. */
    void mark(boolean[] allowed) {
        if (available.isPresent()) System.arraycopy(available.get(), 0, allowed, 0, allowed.length);
        else Arrays.fill(allowed, true);
    }

    /** Of what {@link #mark(boolean[])} marked, takes out what this customer is not to have. */
    void leaveOut(int customer, boolean[] allowed) {
        if (without.isEmpty()) return;
        Interactions pairs = without.get();
        for (int p = pairs.from(customer); p < pairs.to(customer); p++) allowed[pairs.item(p)] = false;
    }

    /** Undoes {@link #leaveOut}. */
    void putBack(int customer, boolean[] allowed) {
        if (without.isEmpty()) return;
        Interactions pairs = without.get();
        for (int p = pairs.from(customer); p < pairs.to(customer); p++) {
            int item = pairs.item(p);
            allowed[item] = available.isEmpty() || available.get()[item];
        }
    }

    /** Marks what may be recommended to a customer. */
    void mark(int customer, boolean[] allowed) {
        mark(allowed);
        leaveOut(customer, allowed);
    }
}
