/** The commands: each finds the running server through the data folder and uses its API, or opens the folder itself. */
@NullMarked
package io.rekindle.app.cli;

import org.jspecify.annotations.NullMarked;
