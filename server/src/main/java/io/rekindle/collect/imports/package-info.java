/** Order lines from files, as events of the log. */
@NullMarked
package io.rekindle.collect.imports;

import org.jspecify.annotations.NullMarked;
