@NullMarked
package io.rekindle.collect.quality;

import org.jspecify.annotations.NullMarked;
