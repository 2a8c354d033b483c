/** What is brought in by itself: rows pulled from databases, and files that appear in watched folders. */
@NullMarked
package io.rekindle.collect.pulls;

import org.jspecify.annotations.NullMarked;
