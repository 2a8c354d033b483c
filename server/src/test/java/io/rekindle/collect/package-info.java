@NullMarked
package io.rekindle.collect;

import org.jspecify.annotations.NullMarked;
