@NullMarked
package io.rekindle.collect.tracking;

import org.jspecify.annotations.NullMarked;
