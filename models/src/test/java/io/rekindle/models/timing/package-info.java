@NullMarked
package io.rekindle.models.timing;

import org.jspecify.annotations.NullMarked;
