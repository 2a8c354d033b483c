@NullMarked
package io.rekindle.models.learn;

import org.jspecify.annotations.NullMarked;
