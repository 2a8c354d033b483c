/** May we write to them? Permission per purpose and channel, suppression, quiet hours, the contact budget. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "identity", "profile"})
package io.rekindle.consent;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
