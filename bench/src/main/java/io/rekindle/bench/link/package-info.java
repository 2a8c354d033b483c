/** Record linkage of simulated people with typed-in errors. */
@NullMarked
package io.rekindle.bench.link;

import org.jspecify.annotations.NullMarked;
