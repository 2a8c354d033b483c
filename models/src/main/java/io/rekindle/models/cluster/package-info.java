/** Groups of customers who are alike, how many of them there are, and what sets each apart, in words. */
@NullMarked
package io.rekindle.models.cluster;

import org.jspecify.annotations.NullMarked;
