/** How soon a profile is there, asked by any identifier. */
@NullMarked
package io.rekindle.bench.lookup;

import org.jspecify.annotations.NullMarked;
