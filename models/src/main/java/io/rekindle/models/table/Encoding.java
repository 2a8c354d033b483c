package io.rekindle.models.table;

import java.util.List;

/**
 * Makes numbers of a table's mixed columns. Everything it needs to know (means, quantiles, which categories there are) it
 * learns from the rows it is fitted on and from no others, so that a model tested on other rows is tested honestly.
 *
 * <p>Assumption: a model may only learn its encoding from the rows it is fitted on. Complexity and source are told by each of
 * the two, {@link LinearEncoding} and {@link TreeEncoding}.
 */
public sealed interface Encoding permits LinearEncoding, TreeEncoding {
    /** Number of features a row becomes. */
    int width();

    /** The columns encoded, in order. */
    List<String> columns();

    /** The place, among {@link #columns}, of the column a feature was made of. */
    int column(int feature);
}
