/** Exports at work: which files, written how, put where. */
@NullMarked
package io.rekindle.export.files;

import org.jspecify.annotations.NullMarked;
