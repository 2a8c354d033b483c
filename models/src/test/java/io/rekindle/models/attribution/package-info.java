@NullMarked
package io.rekindle.models.attribution;

import org.jspecify.annotations.NullMarked;
