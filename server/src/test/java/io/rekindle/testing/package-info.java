/** What tests stand on: real PostgreSQL, real DuckDB, a whole server. */
@NullMarked
package io.rekindle.testing;

import org.jspecify.annotations.NullMarked;
