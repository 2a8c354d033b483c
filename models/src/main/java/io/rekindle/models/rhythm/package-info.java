/** When a customer is due: individual purchase rhythm, lateness, life-cycle stage. */
@NullMarked
package io.rekindle.models.rhythm;

import org.jspecify.annotations.NullMarked;
