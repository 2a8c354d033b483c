/** What do we want, and with what means? Objectives, offers and their coupons, mail templates, campaigns. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"common", "platform", "warehouse", "access", "collect", "profile", "consent", "segment"})
package io.rekindle.plan;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
