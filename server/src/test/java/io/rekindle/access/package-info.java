@NullMarked
package io.rekindle.access;

import org.jspecify.annotations.NullMarked;
