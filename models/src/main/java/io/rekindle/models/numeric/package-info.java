/** Optimisation and sorting shared by the models; an implementation detail, not part of the library's promise. */
@NullMarked
package io.rekindle.models.numeric;

import org.jspecify.annotations.NullMarked;
