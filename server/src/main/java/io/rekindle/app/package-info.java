/** The command line, pages composed of several modules, start-up. */
@NullMarked
package io.rekindle.app;

import org.jspecify.annotations.NullMarked;
