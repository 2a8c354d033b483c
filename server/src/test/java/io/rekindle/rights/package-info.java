@NullMarked
package io.rekindle.rights;

import org.jspecify.annotations.NullMarked;
