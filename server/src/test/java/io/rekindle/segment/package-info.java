/** Segments: the language, the compiler against brute force, the resource. */
@NullMarked
package io.rekindle.segment;

import org.jspecify.annotations.NullMarked;
