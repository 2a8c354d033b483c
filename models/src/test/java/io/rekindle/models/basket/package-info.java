@NullMarked
package io.rekindle.models.basket;

import org.jspecify.annotations.NullMarked;
