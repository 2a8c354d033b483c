/** The demonstration: a simulated shop, the whole loop through public doors, and what came of it beside the truth. */
@NullMarked
package io.rekindle.app.demo;

import org.jspecify.annotations.NullMarked;
