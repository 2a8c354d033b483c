/** How fast a broadcast is planned, made out and handed over. */
@NullMarked
package io.rekindle.bench.deliver;

import org.jspecify.annotations.NullMarked;
