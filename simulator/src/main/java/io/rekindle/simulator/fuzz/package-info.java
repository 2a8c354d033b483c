/** Clients gone wrong: what they send is broken in every way, by a seed, and what became of each item is counted. */
@NullMarked
package io.rekindle.simulator.fuzz;

import org.jspecify.annotations.NullMarked;
