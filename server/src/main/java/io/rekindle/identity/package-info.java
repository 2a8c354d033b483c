/** Who is it, really? One person out of user id, e-mail, phone and anonymous id. */
@NullMarked
@ApplicationModule(allowedDependencies = {"common", "platform", "warehouse", "access", "collect"})
package io.rekindle.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
