package io.rekindle.collect.imports;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Imports;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Makes of a row the items that a client would have sent for it. */
interface RowEvents {
    /** One item, e.g. an identify call. */
    record Item(EventType type, ObjectNode json) {}

    /** The items of a row, at least one; the first is whom the row is of. */
    List<Item> of(Table.Row row) throws BadRow;

    /**
     * Whether a row tells when what it says happened. Then it is the same as another with the same words, wherever that
     * stands; without, it is the same only as long as nothing else was said of the customer since.
     */
    boolean tellsWhen();

    /** Every column of the file, and what it is read as. */
    List<Imports.Column> understood();

    /** What the reader of the report should know, once all rows are read. */
    List<Imports.Note> notes();
}
