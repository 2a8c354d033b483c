@NullMarked
package io.rekindle.common;

import org.jspecify.annotations.NullMarked;
