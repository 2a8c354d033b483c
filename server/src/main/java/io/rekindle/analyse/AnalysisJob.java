package io.rekindle.analyse;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The daily analysis, before anybody is at work. */
@Component
class AnalysisJob implements Job {
    private final Analysis analysis;
    private final BusinessClock clock;

    AnalysisJob(Analysis analysis, BusinessClock clock) {
        this.analysis = analysis;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "analysis";
    }

    @Override
    public void run(String instance) {
        analysis.refresh("analysis:" + clock.today());
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(3, 0));
    }
}
