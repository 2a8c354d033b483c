package io.rekindle.decide;

import io.rekindle.consent.Permissions;
import io.rekindle.consent.Refusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Judges by consent, suppression, address and contact budget. */
@Component
class ConsentJudge implements Judge {
    private final Permissions permissions;

    ConsentJudge(Permissions permissions) {
        this.permissions = permissions;
    }

    @Override
    public @Nullable String[] reasons(long[] customerIds, String purpose, String channel, Instant at) {
        var judgement = permissions.judge(customerIds, purpose, channel, at);
        var reasons = new @Nullable String[customerIds.length];
        for (int place = 0; place < reasons.length; place++)
            if (!judgement.allows(place))
                reasons[place] = judgement.reason(place).map(Refusal::code).orElse("excluded");
        return reasons;
    }
}
