/** The analysis over HTTP. */
@NullMarked
package io.rekindle.analyse.web;

import org.jspecify.annotations.NullMarked;
