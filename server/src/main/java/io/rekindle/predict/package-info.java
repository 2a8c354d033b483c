/** What will they do? The model registry, and each customer's expected purchases, value and chance to be still there. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "profile", "segment", "analyse"})
package io.rekindle.predict;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
