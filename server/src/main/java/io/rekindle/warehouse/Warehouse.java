package io.rekindle.warehouse;

import io.rekindle.platform.Mentions;
import io.rekindle.platform.PersonalHistory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The history engine: append and query. Tables and views are documented in docs/warehouse.md; there is no update and
 * no delete. Statements run in {@link AdHocQueries#answer} end with its time.
 */
public interface Warehouse {

    /**
     * Appends rows to a table as one atomic, durable batch. A batch id that was appended to this table before makes
     * the call a no-op, so a caller that does not know whether its batch arrived simply repeats it.
     *
     * @return whether the rows were appended now
     */
    boolean append(String table, String batchId, Rows rows);

    /** Runs a query and maps each row. */
    <T> List<T> query(Sql sql, Function<Row, T> mapper);

    /** Runs a query and hands over each row without keeping it: for results that may be large. */
    void stream(Sql sql, Consumer<Row> consumer);

    /**
     * Writes the result of a query into a new file.
     *
     * @return how many rows
     */
    long write(Sql sql, Path file, FileForm form);

    /**
     * What a query is made of, as the engine's own parser sees it, in JSON: {@code statements}, or {@code error} and
     * {@code error_message}. Nothing is run, no table or file looked at.
     */
    String parsed(String query);

    /** Runs a script of the folder {@code warehouse/} on the class path, e.g. {@code schema}. */
    void script(String name);

    /**
     * Takes persons out of the history: writes every table anew, with another id in the place of each of theirs, without
     * what {@code histories} drops or replaces, and without what rows of others say of them in the columns it says are to be
     * searched; then puts the new file in the place of the old. Which rows belong together stays as it was, so every figure
     * stays. Takes as long as a copy and a reading of what is searched; others go on reading and appending meanwhile. Doing it
     * again with the same ids does no harm.
     *
     * @param gone the ids to be gone and what stands in their places, in every column called {@code customer_id} or
     *     {@code alias_id}; and what words stand for them
     * @param exchange is given the last part, which takes a moment in which nobody else reads or appends, and runs it
     */
    void forget(Mentions gone, List<PersonalHistory> histories, Consumer<Runnable> exchange);

    /**
     * Writes the history anew without rows that say nothing any more, and puts the new file in the place of the old, as
     * {@link #forget} does. What is appended meanwhile stays, and so do the ids of batches.
     *
     * @param kept by table, what is true of its rows {@code t} that stay: a condition of our own code over its columns and
     *     {@code t.rowid}
     * @param exchange as for {@link #forget}
     */
    void compact(Map<String, String> kept, Consumer<Runnable> exchange);

    /**
     * Rows of a table that say less from now on.
     *
     * @param of what is true of these rows {@code t}: a condition of our own code
     * @param columns what becomes null of them
     */
    record Emptied(String of, Set<String> columns) {
        public Emptied {
            columns = Set.copyOf(columns);
        }
    }

    /**
     * Writes the history anew with rows that say less, and puts the new file in the place of the old, as {@link #forget}
     * does: what they said stands in no file any more.
     *
     * @param emptied by table
     * @param exchange as for {@link #forget}
     */
    void empty(Map<String, Emptied> emptied, Consumer<Runnable> exchange);

    /** The one row of a query, if it has one. */
    default <T> Optional<T> first(Sql sql, Function<Row, T> mapper) {
        return query(sql, mapper).stream().findFirst();
    }
}
