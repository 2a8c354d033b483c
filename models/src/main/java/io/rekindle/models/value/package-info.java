/** What a customer is worth: expected purchases, expected spend, value tiers. */
@NullMarked
package io.rekindle.models.value;

import org.jspecify.annotations.NullMarked;
