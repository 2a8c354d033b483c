/** Liquid, sandboxed: text with values put in, or a list of what is missing. */
@NullMarked
package io.rekindle.plan.content;

import org.jspecify.annotations.NullMarked;
