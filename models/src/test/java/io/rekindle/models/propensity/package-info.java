@NullMarked
package io.rekindle.models.propensity;

import org.jspecify.annotations.NullMarked;
