@NullMarked
package io.rekindle.models.numeric;

import org.jspecify.annotations.NullMarked;
