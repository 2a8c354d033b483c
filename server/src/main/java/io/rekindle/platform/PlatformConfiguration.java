package io.rekindle.platform;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PlatformConfiguration {
    @Bean
    SystemClock systemClock() {
        return new SystemClock(Clock.systemUTC());
    }

    @Bean
    BusinessClock businessClock(SystemClock system, PlatformSettings settings) {
        var clock = new BusinessClock(system, settings.zone());
        if (settings.demo() && settings.clockStart() != null) clock.holdAt(settings.clockStart());
        return clock;
    }

    @Bean
    Vault vault(PlatformSettings settings, SystemClock clock) {
        return new Vault(
                KeyStore.readOrCreate(settings.keyFilePath(), settings.data(), settings.key(), settings.keyBefore()),
                () -> Math.floorDiv(
                        clock.instant().getEpochSecond(), Duration.ofDays(1).toSeconds()));
    }

    @Bean
    Serving serving() {
        return new Serving();
    }

    @Bean
    WriteGate writeGate() {
        return new WriteGate();
    }

    @Bean
    TimeTravel timeTravel(BusinessClock clock, SystemClock system, PlatformSettings settings, List<Backlog> backlogs) {
        return new TimeTravel(clock, system, settings, backlogs);
    }

    /** Seeds drawn at random unless one is set, so that two installations never draw the same arms. */
    @Bean
    Seeds seeds(PlatformSettings settings) {
        return new Seeds(settings.seed() == null ? new SecureRandom().nextLong() : settings.seed());
    }
}
