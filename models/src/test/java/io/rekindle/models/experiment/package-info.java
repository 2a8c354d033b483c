@NullMarked
package io.rekindle.models.experiment;

import org.jspecify.annotations.NullMarked;
