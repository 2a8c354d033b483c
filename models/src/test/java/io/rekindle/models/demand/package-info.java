@NullMarked
package io.rekindle.models.demand;

import org.jspecify.annotations.NullMarked;
