/** What happened, ever? The history: append and query, never change. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform"})
package io.rekindle.warehouse;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
