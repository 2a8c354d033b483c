package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import java.time.Duration;
import java.util.Comparator;

/** What the matching asks of the rules: which identifier is stronger, and when a link goes too far. */
interface MatchingRules {
    /** Strongest type first, then by the smaller id. */
    default Comparator<Identifier> strongestFirst() {
        return Comparator.<Identifier>comparingInt(i -> rank(i.type())).thenComparingLong(i -> i.id().value());
    }

    /** 0 is the strongest type. */
    int rank(Identifier.Type type);

    /** Most identifiers of a type that one customer may gather within the window. */
    int most(Identifier.Type type);

    /** How long a link counts. */
    Duration window();

    /** Most claims to one identifier of a type; beyond it is shared by several people and links nobody any more. */
    int mostClaims(Identifier.Type type);

    /**
     * Whether an identifier of this type makes one customer of two who each have an address, a number or a WeChat union id
     * of their own. A device does not: whoever picks it up uses it.
     */
    boolean joinsPeople(Identifier.Type through);

    /** Most identifiers of one customer. */
    int largest();
}
