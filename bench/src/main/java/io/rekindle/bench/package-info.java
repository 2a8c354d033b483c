/** Benchmarks: each prints figures and what they are held against. */
@NullMarked
package io.rekindle.bench;

import org.jspecify.annotations.NullMarked;
