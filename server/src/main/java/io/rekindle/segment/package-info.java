/** Which customers? The rule language, its compiler, and membership today and on any past day. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform", "warehouse", "access", "profile"})
package io.rekindle.segment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
