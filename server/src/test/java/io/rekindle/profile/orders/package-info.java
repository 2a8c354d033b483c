@NullMarked
package io.rekindle.profile.orders;

import org.jspecify.annotations.NullMarked;
