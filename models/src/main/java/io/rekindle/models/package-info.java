/** The mathematics of customer-base analysis, on primitive arrays and records. */
@NullMarked
package io.rekindle.models;

import org.jspecify.annotations.NullMarked;
