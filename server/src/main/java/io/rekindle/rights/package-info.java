/** What may a person ask of us? An archive of everything, erasure, who looked at them; and how long anything is kept. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "identity", "profile"})
package io.rekindle.rights;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
