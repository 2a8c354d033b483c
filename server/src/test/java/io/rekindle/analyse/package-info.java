/** The analysis: its reading of the history against the models' own. */
@NullMarked
package io.rekindle.analyse;

import org.jspecify.annotations.NullMarked;
