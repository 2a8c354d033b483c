@NullMarked
package io.rekindle.decide;

import org.jspecify.annotations.NullMarked;
