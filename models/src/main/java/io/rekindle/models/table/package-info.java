/** Tables of mixed columns (numbers, categories, dates, gaps), and what the models make of them. */
@NullMarked
package io.rekindle.models.table;

import org.jspecify.annotations.NullMarked;
