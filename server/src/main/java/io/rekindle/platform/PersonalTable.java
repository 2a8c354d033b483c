package io.rekindle.platform;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table of PostgreSQL that holds something about persons.
 *
 * @param name the table's
 * @param customer the column with the id of a customer (any id the person ever had); empty where rows are found otherwise
 * @param others more such columns, of rows that are about two people: each of them has the row in their archive, and it goes
 *     with either
 * @param treatment what becomes of a person's rows when they are erased
 * @param sealed columns with sealed values, each with the context it is sealed for
 * @param emptied columns set to null in rows that stay
 * @param isInClear whether it holds words about the person that are not sealed: then its file is written anew after an
 *     erasure, for a deleted row stays on its page until then
 */
public record PersonalTable(
        String name,
        Optional<String> customer,
        List<String> others,
        Treatment treatment,
        Map<String, String> sealed,
        List<String> emptied,
        boolean isInClear) {

    /** What becomes of a person's rows. */
    public enum Treatment {
        /** They are deleted. */
        DELETED,
        /** They stay, as arithmetic about nobody: the customer's id becomes a random one. */
        NAMELESS,
        /** They stay: a keyed hash, kept so that nobody writes to the address or revives the person. */
        KEPT,
        /** The module itself finds what is about the person, in {@link PersonalData#erase}. */
        SEARCHED
    }

    public PersonalTable {
        others = List.copyOf(others);
        sealed = Map.copyOf(sealed);
        emptied = List.copyOf(emptied);
        if (customer.isEmpty() && (treatment == Treatment.DELETED || treatment == Treatment.NAMELESS))
            throw new IllegalArgumentException("%s needs a column with the customer".formatted(name));
        if (!others.isEmpty() && treatment != Treatment.DELETED)
            throw new IllegalArgumentException("rows of %s that are about two people must go".formatted(name));
    }

    /** Every column that names the person; none where rows are found otherwise. */
    public List<String> columns() {
        return Stream.concat(customer.stream(), others.stream()).toList();
    }

    public static PersonalTable deleted(String name, String customer) {
        return new PersonalTable(name, Optional.of(customer), List.of(), Treatment.DELETED, Map.of(), List.of(), false);
    }

    public static PersonalTable nameless(String name, String customer, String... emptied) {
        return new PersonalTable(
                name,
                Optional.of(customer),
                List.of(),
                Treatment.NAMELESS,
                Map.of(),
                List.of(emptied),
                emptied.length > 0);
    }

    public static PersonalTable kept(String name) {
        return new PersonalTable(name, Optional.empty(), List.of(), Treatment.KEPT, Map.of(), List.of(), false);
    }

    public static PersonalTable searched(String name) {
        return new PersonalTable(name, Optional.empty(), List.of(), Treatment.SEARCHED, Map.of(), List.of(), false);
    }

    /** The same with more columns that name a person. */
    public PersonalTable orBy(String... columns) {
        return new PersonalTable(name, customer, List.of(columns), treatment, sealed, emptied, isInClear);
    }

    /** The same with a column of sealed values. */
    public PersonalTable sealing(String column, String context) {
        var more = new HashMap<>(sealed);
        more.put(column, context);
        return new PersonalTable(name, customer, others, treatment, more, emptied, isInClear);
    }

    /** The same with words in clear. */
    public PersonalTable inClear() {
        return new PersonalTable(name, customer, others, treatment, sealed, emptied, true);
    }
}
