package io.rekindle.profile;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Computed traits, early every business day. */
@Component
class ComputedTraitsJob implements Job {
    /** What a full run finds that the daily ones did not is a fault; it is a check more than a need. */
    private static final int FULL_EVERY_DAYS = 7;

    private final ComputedTraits traits;

    ComputedTraitsJob(ComputedTraits traits) {
        this.traits = traits;
    }

    @Override
    public String name() {
        return "computed-traits";
    }

    @Override
    public void run(String instance) {
        traits.renew(FULL_EVERY_DAYS);
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(2, 45));
    }
}
