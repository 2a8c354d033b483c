/** Pages composed of several modules, and the console itself. */
@NullMarked
package io.rekindle.app.web;

import org.jspecify.annotations.NullMarked;
