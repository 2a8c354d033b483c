/** What a treatment changed: differences with intervals, sample ratio, power. */
@NullMarked
package io.rekindle.models.experiment;

import org.jspecify.annotations.NullMarked;
