/** The models over HTTP. */
@NullMarked
package io.rekindle.predict.web;

import org.jspecify.annotations.NullMarked;
