package io.rekindle.platform;

import java.util.List;
import java.util.function.Consumer;

/**
 * What one module holds about persons. Every module with a table that has a customer's id or something sealed in it has
 * one of these as a bean; a test holds the tables of the database against them. What is declared in {@link #tables} and
 * {@link #history} is exported and erased without further ado; the other methods are for what is not rows of a customer.
 */
public interface PersonalData {
    /** The module's name. */
    String module();

    /** Its tables in PostgreSQL that hold something about a person. */
    List<PersonalTable> tables();

    /** What of its tables in the history is not arithmetic: every column that names a customer is looked after anyway. */
    default List<PersonalHistory> history() {
        return List.of();
    }

    /** Adds what else it holds about the person, in clear. */
    default void export(Person person, PersonalArchive into) {}

    /**
     * Takes away what else it holds, in the transaction in which the rows go. Called before they do. Doing it again must do
     * no harm.
     *
     * @param sealed takes every sealed thing about the person: its key is destroyed, so that no backup of it opens
     */
    default void erase(Person person, Consumer<byte[]> sealed) {}

    /**
     * Takes out of rows that stay what names the erased: their ids in texts, and words that stand for them where others said
     * them. In a transaction of its own, before the history is written anew, for all who are erased then: it may read whole
     * tables. Doing it again must do no harm.
     */
    default void reword(Mentions gone) {}

    /** The history was written anew without those who were erased: what was made of it may be too. Comes at least once. */
    default void finished() {}
}
