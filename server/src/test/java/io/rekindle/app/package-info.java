@NullMarked
package io.rekindle.app;

import org.jspecify.annotations.NullMarked;
