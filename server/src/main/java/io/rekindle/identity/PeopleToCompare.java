package io.rekindle.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of people that tells whether two of them are one; whoever keeps profiles answers. In clear, memory only. */
public interface PeopleToCompare {
    /**
     * All known customers with what can be compared.
     *
     * @param sourceId only what this source said, and only customers it said something of; null for everything
     */
    Compared read(@Nullable Integer sourceId);

    /**
     * @param customers ids, in ascending order
     * @param names of the fields
     * @param values by field, then by customer; blank where nothing is known
     */
    record Compared(List<Long> customers, List<String> names, List<List<String>> values) {
        public Compared {
            customers = List.copyOf(customers);
            names = List.copyOf(names);
            values = List.copyOf(values);
        }
    }
}
