/** Customer lifetime value of a million simulated customers: fit and score. */
@NullMarked
package io.rekindle.bench.clv;

import org.jspecify.annotations.NullMarked;
