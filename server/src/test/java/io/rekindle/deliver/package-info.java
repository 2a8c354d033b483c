@NullMarked
package io.rekindle.deliver;

import org.jspecify.annotations.NullMarked;
