@NullMarked
package io.rekindle.models.uplift;

import org.jspecify.annotations.NullMarked;
