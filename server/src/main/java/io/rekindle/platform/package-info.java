/** What does everything stand on? PostgreSQL, the two clocks, jobs, settings, problems, secrets, backup and restore. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common"})
package io.rekindle.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
