/** What is going on? Who is worth what, where in their life as customers they stand, and what the shop earned. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "profile", "segment"})
package io.rekindle.analyse;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
