@NullMarked
package io.rekindle.collect.intake;

import org.jspecify.annotations.NullMarked;
