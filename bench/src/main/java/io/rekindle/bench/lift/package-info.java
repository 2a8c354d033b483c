/** How often the whole product finds what is there, over many simulated shops. */
@NullMarked
package io.rekindle.bench.lift;

import org.jspecify.annotations.NullMarked;
