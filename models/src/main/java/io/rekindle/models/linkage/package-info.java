/** Which records are the same person: Fellegi-Sunter record linkage learnt without labels. */
@NullMarked
package io.rekindle.models.linkage;

import org.jspecify.annotations.NullMarked;
