/** Whom a message changes: individual treatment effects, and how well they rank customers. */
@NullMarked
package io.rekindle.models.uplift;

import org.jspecify.annotations.NullMarked;
