/** A server on a data folder: started, found by other commands, stopped. */
@NullMarked
package io.rekindle.app.server;

import org.jspecify.annotations.NullMarked;
