/** Whom to write to with what under a budget: the best choice for all customers together, with the price of every limit. */
@NullMarked
package io.rekindle.models.allocation;

import org.jspecify.annotations.NullMarked;
