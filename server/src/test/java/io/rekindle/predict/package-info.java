/** Analysis and prediction on a whole server. */
@NullMarked
package io.rekindle.predict;

import org.jspecify.annotations.NullMarked;
