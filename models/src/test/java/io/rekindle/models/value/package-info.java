@NullMarked
package io.rekindle.models.value;

import org.jspecify.annotations.NullMarked;
