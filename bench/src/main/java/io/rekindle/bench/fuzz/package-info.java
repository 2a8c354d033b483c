/** Broken requests by the hundred thousand: nothing fails, and every item is accounted for. */
@NullMarked
package io.rekindle.bench.fuzz;

import org.jspecify.annotations.NullMarked;
