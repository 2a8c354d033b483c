/** What is bought together, and what is bought next: frequent item sets, rules, next-basket pairs. */
@NullMarked
package io.rekindle.models.basket;

import org.jspecify.annotations.NullMarked;
