package io.rekindle.app.analyze;

/**
 * Something an analysis wants to know of each row of a file.
 *
 * @param name what the analysis calls it: the left side of {@code --map name=column}
 * @param kind how the column's text is understood
 * @param required whether the analysis can do without
 */
record Field(String name, Kind kind, boolean required) {
    /** How a column's text is understood. */
    enum Kind {
        /** One of many names, kept as a number: a customer, an item, an arm. */
        KEY,
        /** Any text. */
        TEXT,
        /** A decimal number. */
        NUMBER,
        /** A day or a time of day, on the clock as written. */
        TIME,
        /** The same where it matters what came before what: an offset from UTC counts. */
        MOMENT
    }

    static Field key(String name) {
        return new Field(name, Kind.KEY, true);
    }

    static Field text(String name) {
        return new Field(name, Kind.TEXT, true);
    }

    static Field number(String name) {
        return new Field(name, Kind.NUMBER, true);
    }

    static Field time(String name) {
        return new Field(name, Kind.TIME, true);
    }

    static Field moment(String name) {
        return new Field(name, Kind.MOMENT, true);
    }

    /** The same, but an analysis can do without. */
    Field optional() {
        return new Field(name, kind, false);
    }
}
