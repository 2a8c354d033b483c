@NullMarked
package io.rekindle.models.rhythm;

import org.jspecify.annotations.NullMarked;
