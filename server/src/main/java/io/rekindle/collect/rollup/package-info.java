/** The daily roll-up: how often each customer did what on each day. */
@NullMarked
package io.rekindle.collect.rollup;

import org.jspecify.annotations.NullMarked;
