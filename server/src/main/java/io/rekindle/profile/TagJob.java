package io.rekindle.profile;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Tags that are due, each morning after the analysis whose scores some are made of; and how many customers have those
 * that are set from outside, whenever one was set.
 */
@Component
class TagJob implements Job {
    static final String NAME = "tags";
    /** The instance that only counts. */
    static final String COUNT = "count";

    private final TagEngine engine;

    TagJob(TagEngine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void run(String instance) {
        if (instance.equals(COUNT)) engine.count();
        else engine.renew();
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(3, 30));
    }
}
