/** Refused links over HTTP. */
@NullMarked
package io.rekindle.identity.web;

import org.jspecify.annotations.NullMarked;
