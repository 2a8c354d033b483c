package io.rekindle.decide;

import io.rekindle.consent.Ask;
import io.rekindle.consent.Judgement;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Refusal;
import java.time.Instant;
import java.util.List;
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
    public @Nullable String[] reasons(long[] customerIds, Ask ask, Instant at) {
        return reasons(permissions.judge(customerIds, ask, at));
    }

    @Override
    public @Nullable String[] reserve(long runId, List<OutgoingMessage> messages, Ask ask, Instant at) {
        var contacts = messages.stream()
                .map(message -> new Permissions.Contact(message.messageId(), message.customer()))
                .toList();
        return reasons(permissions.reserve(runId, contacts, ask, at));
    }

    @Override
    public void keepReserved(long runId, List<OutgoingMessage> messages) {
        permissions.keepReserved(
                runId, messages.stream().mapToLong(OutgoingMessage::messageId).toArray());
    }

    @Override
    public void releaseReserved(long runId) {
        permissions.releaseRun(runId);
    }

    private static @Nullable String[] reasons(Judgement judgement) {
        var reasons = new @Nullable String[judgement.size()];
        for (int place = 0; place < reasons.length; place++)
            if (!judgement.allows(place))
                reasons[place] = judgement.reason(place).map(Refusal::code).orElse("excluded");
        return reasons;
    }
}
