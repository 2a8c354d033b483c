/** Who else may know it? Signed webhooks of events as they come in, and files of the history on schedule. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "identity", "profile"})
package io.rekindle.export;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
