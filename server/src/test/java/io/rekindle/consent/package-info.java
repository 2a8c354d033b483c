@NullMarked
package io.rekindle.consent;

import org.jspecify.annotations.NullMarked;
