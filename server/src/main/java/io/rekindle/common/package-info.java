/** Values every module speaks in: ids, pages. No Spring, no database. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.rekindle.common;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
