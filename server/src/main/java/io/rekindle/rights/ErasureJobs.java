package io.rekindle.rights;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The two steps of an erasure as jobs. */
@Configuration(proxyBeanMethods = false)
class ErasureJobs {
    @Bean
    Job hidePersons(Erasures erasures) {
        return new Job() {
            @Override
            public String name() {
                return Erasures.HIDE;
            }

            @Override
            public void run(String instance) {
                erasures.hide(Long.parseLong(instance));
            }
        };
    }

    @Bean
    Job finishErasures(Erasures erasures, ErasureSettings settings) {
        return new Job() {
            @Override
            public String name() {
                return "erasure-rewrite";
            }

            @Override
            public Optional<LocalTime> daily() {
                return Optional.of(settings.rewriteAt());
            }

            @Override
            public void run(String instance) {
                erasures.finish();
            }
        };
    }
}
