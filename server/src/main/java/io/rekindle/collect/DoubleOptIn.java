package io.rekindle.collect;

import io.rekindle.common.CustomerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who has to confirm a yes to mail before it holds; whoever keeps permissions says. */
public interface DoubleOptIn {
    /** As it stands now, for many who are asked about. */
    Rule now();

    /** @param country as it is written; where it says nothing, what is known of the customer counts */
    record Yes(String country, @Nullable CustomerId customer) {}

    /** Of whom it is asked. */
    interface Rule {
        Rule NOBODY = yeses -> 0;

        /** How many of these have to be confirmed; a few statements for all of them. */
        long toConfirm(List<Yes> yeses);
    }
}
