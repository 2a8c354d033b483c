package io.rekindle.collect.intake;

import io.rekindle.collect.Identifiers;
import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.tracking.TrackingPlans;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {
    @Bean
    ServletRegistrationBean<IntakeServlet> intake(
            Sources sources,
            Identifiers identifiers,
            CommitLog log,
            Tails tails,
            Vault vault,
            Tombstones tombstones,
            BusinessClock clock,
            IntakeSettings settings,
            PlatformSettings platform,
            Refusals refusals,
            TrackingPlans plans,
            SourceFields fields,
            SystemClock system,
            JsonMapper json) {
        var intake = new ServletRegistrationBean<>(
                new IntakeServlet(
                        sources,
                        identifiers,
                        log,
                        tails,
                        vault,
                        tombstones,
                        clock,
                        settings,
                        platform,
                        refusals,
                        plans,
                        fields,
                        new Bodies(settings, system),
                        json),
                "/v1/*");
        intake.setName("intake");
        return intake;
    }

    @Bean
    FilterRegistrationBean<OtherSpellings> otherSpellingsOfIntake() {
        var filter = new FilterRegistrationBean<>(new OtherSpellings());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }
}
