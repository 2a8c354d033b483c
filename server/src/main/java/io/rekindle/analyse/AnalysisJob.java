package io.rekindle.analyse;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The daily analysis, before anybody is at work. */
@Component
class AnalysisJob implements Job {
    private final Analysis analysis;

    AnalysisJob(Analysis analysis) {
        this.analysis = analysis;
    }

    @Override
    public String name() {
        return "analysis";
    }

    @Override
    public void run(String instance) {
        analysis.renew();
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(3, 0));
    }
}
