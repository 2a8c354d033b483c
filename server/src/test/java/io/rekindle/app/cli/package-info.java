@NullMarked
package io.rekindle.app.cli;

import org.jspecify.annotations.NullMarked;
