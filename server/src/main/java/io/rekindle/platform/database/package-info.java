/** The PostgreSQL of the state: embedded under the data folder, or the company's own. */
@NullMarked
package io.rekindle.platform.database;

import org.jspecify.annotations.NullMarked;
