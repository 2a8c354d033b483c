/** The history on one machine: DuckDB in process, one file. */
@NullMarked
package io.rekindle.warehouse.duckdb;

import org.jspecify.annotations.NullMarked;
