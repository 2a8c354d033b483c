@NullMarked
package io.rekindle.plan;

import org.jspecify.annotations.NullMarked;
