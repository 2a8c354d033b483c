@NullMarked
package io.rekindle.profile;

import org.jspecify.annotations.NullMarked;
