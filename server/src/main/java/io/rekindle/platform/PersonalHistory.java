package io.rekindle.platform;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A table of the history with more than arithmetic about a person.
 *
 * @param isDropped whether the rows of an erased person go; else they stay under a random id
 * @param replaced columns of rows that stay and what stands there instead: an SQL expression over the row {@code t}
 * @param searched columns in which rows of others may name the person
 */
public record PersonalHistory(String table, boolean isDropped, Map<String, String> replaced, List<Searched> searched) {
    /** What a text is made of. */
    public enum Form {
        /** A JSON document. */
        DOCUMENT,
        /** One JSON value; what it is called stands in another column. */
        VALUE,
        /** A text of our own, which names customers by their ids. */
        IDS
    }

    /** @param field the column that says what a {@link Form#VALUE} is called; else empty */
    public record Searched(String column, Form form, String field) {}

    public PersonalHistory {
        replaced = Map.copyOf(replaced);
        searched = List.copyOf(searched);
    }

    public static PersonalHistory dropped(String table) {
        return new PersonalHistory(table, true, Map.of(), List.of());
    }

    public static PersonalHistory replacing(String table, Map<String, String> columns) {
        return new PersonalHistory(table, false, columns, List.of());
    }

    /** A table whose rows stay as they are, but for what they say of others. */
    public static PersonalHistory kept(String table) {
        return replacing(table, Map.of());
    }

    /** The same with a column of JSON documents in which others may be named. */
    public PersonalHistory searching(String column) {
        return searching(new Searched(column, Form.DOCUMENT, ""));
    }

    /** The same with a column of JSON values; what each is called stands in {@code field}. */
    public PersonalHistory searching(String column, String field) {
        return searching(new Searched(column, Form.VALUE, field));
    }

    /** The same with a column of texts of our own with ids of customers. */
    public PersonalHistory naming(String column) {
        return searching(new Searched(column, Form.IDS, ""));
    }

    private PersonalHistory searching(Searched more) {
        return new PersonalHistory(
                table,
                isDropped,
                replaced,
                Stream.concat(searched.stream(), Stream.of(more)).toList());
    }
}
