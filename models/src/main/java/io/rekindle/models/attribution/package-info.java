/** Which contacts on the way to a conversion get the credit: touch rules, removal effects, Shapley values. */
@NullMarked
package io.rekindle.models.attribution;

import org.jspecify.annotations.NullMarked;
