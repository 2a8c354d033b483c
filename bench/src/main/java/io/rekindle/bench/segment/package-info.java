/** How fast segments are, against the same question written by hand. */
@NullMarked
package io.rekindle.bench.segment;

import org.jspecify.annotations.NullMarked;
