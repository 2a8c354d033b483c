/** Did it arrive? The outbox, mail, retries, receipts, tracking links, unsubscribing, why something did not arrive. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "common",
            "platform",
            "warehouse",
            "access",
            "collect",
            "identity",
            "profile",
            "consent",
            "plan",
            "decide"
        })
package io.rekindle.deliver;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
