@NullMarked
package io.rekindle.evaluate;

import org.jspecify.annotations.NullMarked;
