/** The HTTP resources of the rights. */
@NullMarked
package io.rekindle.rights.web;

import org.jspecify.annotations.NullMarked;
