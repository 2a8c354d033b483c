@NullMarked
package io.rekindle.models.allocation;

import org.jspecify.annotations.NullMarked;
