/** How fast and how near to the best a million customers are allocated under a budget. */
@NullMarked
package io.rekindle.bench.allocate;

import org.jspecify.annotations.NullMarked;
