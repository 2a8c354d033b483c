@NullMarked
package io.rekindle.models.linkage;

import org.jspecify.annotations.NullMarked;
