/** Results over HTTP. */
@NullMarked
package io.rekindle.evaluate.web;

import org.jspecify.annotations.NullMarked;
