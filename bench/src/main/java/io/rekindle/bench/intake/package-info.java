/** How much intake takes in, and how long a client waits. */
@NullMarked
package io.rekindle.bench.intake;

import org.jspecify.annotations.NullMarked;
