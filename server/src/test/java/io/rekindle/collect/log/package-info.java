@NullMarked
package io.rekindle.collect.log;

import org.jspecify.annotations.NullMarked;
