/** Segments over HTTP. */
@NullMarked
package io.rekindle.segment.web;

import org.jspecify.annotations.NullMarked;
