package io.rekindle.app.analyze;

import java.util.List;

/**
 * A column of names, each name kept once.
 *
 * @param names the different names, in the order of their first row
 * @param codes for each row the place of its name; −1 where the row has none
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Keys(List<String> names, int[] codes) {
    /** The name of a row; empty where it has none. */
    String name(int row) {
        return codes[row] < 0 ? "" : names.get(codes[row]);
    }

    /** Whether a row has a name. */
    boolean has(int row) {
        return codes[row] >= 0;
    }
}
