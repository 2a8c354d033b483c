/** What did customers do and say? Sources, intake, import, validation, rejected records; the log every tail reads. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform", "warehouse", "access"})
package io.rekindle.collect;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
