package io.rekindle.plan;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Records, every night, the value that objectives had at a deadline whose grace has passed. */
@Component
class ObjectivesJob implements Job {
    private final Objectives objectives;
    private final EventLog log;
    private final Tails tails;

    ObjectivesJob(Objectives objectives, EventLog log, Tails tails) {
        this.objectives = objectives;
        this.log = log;
        this.tails = tails;
    }

    @Override
    public String name() {
        return "objectives";
    }

    @Override
    public void run(String instance) {
        // What was reported until now counts, whether or not it has become an order yet.
        tails.awaitAll(log.lastSeq());
        objectives.recordClosed();
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(4, 30));
    }
}
