/** How much of what is possible an uplift model's ranking brings, where the true effects are known. */
@NullMarked
package io.rekindle.bench.uplift;

import org.jspecify.annotations.NullMarked;
