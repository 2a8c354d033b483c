/** Recognising repeated message ids: memory, time, and how soon the next start is ready. */
@NullMarked
package io.rekindle.bench.messageids;

import org.jspecify.annotations.NullMarked;
