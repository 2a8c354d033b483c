package io.rekindle.profile;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Tags that are due, each morning after the analysis whose scores some are made of. */
@Component
class TagJob implements Job {
    private final TagEngine engine;

    TagJob(TagEngine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "tags";
    }

    @Override
    public void run(String instance) {
        engine.renew();
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(3, 30));
    }
}
