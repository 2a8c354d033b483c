package io.rekindle.platform;

import java.util.Map;

/**
 * A table of the history with more than arithmetic about a person.
 *
 * @param isDropped whether the rows of an erased person go; else they stay under a random id
 * @param replaced columns of rows that stay and what stands there instead: an SQL expression over the row {@code t}
 */
public record PersonalHistory(String table, boolean isDropped, Map<String, String> replaced) {
    public PersonalHistory {
        replaced = Map.copyOf(replaced);
    }

    public static PersonalHistory dropped(String table) {
        return new PersonalHistory(table, true, Map.of());
    }

    public static PersonalHistory replacing(String table, Map<String, String> columns) {
        return new PersonalHistory(table, false, columns);
    }
}
