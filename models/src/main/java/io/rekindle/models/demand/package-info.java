/** How a product sells: where it stands in its life, how much it matters, how steadily it is bought, trend and season. */
@NullMarked
package io.rekindle.models.demand;

import org.jspecify.annotations.NullMarked;
