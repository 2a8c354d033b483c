/** What do we know about them? Traits, personal fields under a key per person, orders and the timeline. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "identity"})
package io.rekindle.profile;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
