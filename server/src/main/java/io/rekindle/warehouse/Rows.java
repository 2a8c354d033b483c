package io.rekindle.warehouse;

/** What an append brings: rows written one by one, or rows a query over the history selects. */
public sealed interface Rows {

    /** Rows written through a {@link RowWriter}. */
    non-sealed interface Written extends Rows {
        void writeTo(RowWriter rows);
    }

    /** Rows selected by one statement, columns in the order of the table's definition. */
    record Selected(Sql sql) implements Rows {}

    static Rows written(Written rows) {
        return rows;
    }

    static Rows selected(Sql sql) {
        return new Selected(sql);
    }
}
