/** Tags and traits over HTTP. */
@NullMarked
package io.rekindle.profile.web;

import org.jspecify.annotations.NullMarked;
