@NullMarked
package io.rekindle.platform;

import org.jspecify.annotations.NullMarked;
