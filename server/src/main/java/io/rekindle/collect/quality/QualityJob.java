package io.rekindle.collect.quality;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Measures yesterday, before anybody is at work. */
@Component
class QualityJob implements Job {
    private final Quality quality;

    QualityJob(Quality quality) {
        this.quality = quality;
    }

    @Override
    public String name() {
        return "data quality";
    }

    @Override
    public void run(String instance) {
        quality.measure();
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(2, 0));
    }
}
