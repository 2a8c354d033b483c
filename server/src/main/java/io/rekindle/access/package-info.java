/** Who may see and do what? Users, roles, API keys, console sessions, the audit trail. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform"})
package io.rekindle.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
