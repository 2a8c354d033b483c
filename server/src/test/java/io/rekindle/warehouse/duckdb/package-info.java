@NullMarked
package io.rekindle.warehouse.duckdb;

import org.jspecify.annotations.NullMarked;
