/** The platform's HTTP face: problem details, the clock, the version. */
@NullMarked
package io.rekindle.platform.web;

import org.jspecify.annotations.NullMarked;
