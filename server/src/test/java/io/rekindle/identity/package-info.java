@NullMarked
package io.rekindle.identity;

import org.jspecify.annotations.NullMarked;
