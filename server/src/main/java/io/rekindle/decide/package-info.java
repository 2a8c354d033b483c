/** Whom do we write to, and why (not)? The decision ledger, forecasts, hold-outs, and the launch of campaigns. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "common",
            "platform",
            "warehouse",
            "access",
            "identity",
            "profile",
            "consent",
            "segment",
            "plan"
        })
package io.rekindle.decide;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
