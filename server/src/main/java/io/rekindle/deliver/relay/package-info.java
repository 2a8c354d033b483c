/** Tells the history, and everybody who reads the log, what became of each message. */
@NullMarked
package io.rekindle.deliver.relay;

import org.jspecify.annotations.NullMarked;
