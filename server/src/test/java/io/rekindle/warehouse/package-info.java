@NullMarked
package io.rekindle.warehouse;

import org.jspecify.annotations.NullMarked;
