/** What difference did it make? Outcomes of closed windows, lift against the hold-out, costs, the review. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "segment", "plan", "decide"})
package io.rekindle.evaluate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
