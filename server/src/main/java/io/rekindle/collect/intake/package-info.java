/** Reads what clients send: bytes in, staged events and rejected items out. */
@NullMarked
package io.rekindle.collect.intake;

import org.jspecify.annotations.NullMarked;
