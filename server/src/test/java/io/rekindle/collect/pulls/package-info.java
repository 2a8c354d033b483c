@NullMarked
package io.rekindle.collect.pulls;

import org.jspecify.annotations.NullMarked;
