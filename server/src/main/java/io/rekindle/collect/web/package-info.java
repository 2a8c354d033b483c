/** Sources, imports and rejected items over HTTP. */
@NullMarked
package io.rekindle.collect.web;

import org.jspecify.annotations.NullMarked;
