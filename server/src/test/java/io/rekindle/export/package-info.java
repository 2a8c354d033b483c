@NullMarked
package io.rekindle.export;

import org.jspecify.annotations.NullMarked;
