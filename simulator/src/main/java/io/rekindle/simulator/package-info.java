/** A market with known truth, which meets the product only at its public doors. */
@NullMarked
package io.rekindle.simulator;

import org.jspecify.annotations.NullMarked;
