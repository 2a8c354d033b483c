package io.rekindle.collect;

import io.rekindle.common.CustomerId;
import java.util.Optional;

/** Who has to confirm a yes to mail before it holds; whoever keeps permissions says. */
public interface DoubleOptIn {
    /** As it stands now, for many who are asked about one after the other. */
    Rule now();

    /** Of whom it is asked. */
    interface Rule {
        Rule NOBODY = (country, customer) -> false;

        /** @param country as it is written; where it says nothing, what is known of the customer counts */
        boolean isAskedOf(String country, Optional<CustomerId> customer);
    }
}
