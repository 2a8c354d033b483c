/** What customers write: whether it is praise or complaint, what it is about, and which themes go with low ratings. */
@NullMarked
package io.rekindle.models.text;

import org.jspecify.annotations.NullMarked;
