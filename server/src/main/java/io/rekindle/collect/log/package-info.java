/** The log itself: the one writer, what it has seen, and the readers behind it. */
@NullMarked
package io.rekindle.collect.log;

import org.jspecify.annotations.NullMarked;
