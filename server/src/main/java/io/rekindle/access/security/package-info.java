/** How a request proves who it comes from: Bearer keys, and console sessions with a CSRF token. */
@NullMarked
package io.rekindle.access.security;

import org.jspecify.annotations.NullMarked;
