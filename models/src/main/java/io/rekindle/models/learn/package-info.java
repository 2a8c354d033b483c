/** What other models are built of: ridge and logistic regression, boosted trees, folds, and how good predictions are. */
@NullMarked
package io.rekindle.models.learn;

import org.jspecify.annotations.NullMarked;
