/** Orders and their lines, made of events: placed, refunded, cancelled. */
@NullMarked
package io.rekindle.profile.orders;

import org.jspecify.annotations.NullMarked;
