@NullMarked
package io.rekindle.models.text;

import org.jspecify.annotations.NullMarked;
