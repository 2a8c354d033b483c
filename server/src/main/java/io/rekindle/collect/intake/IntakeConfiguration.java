package io.rekindle.collect.intake;

import io.rekindle.collect.Identifiers;
import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Vault;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
            BusinessClock clock,
            IntakeSettings settings,
            PlatformSettings platform,
            JsonMapper json) {
        var intake = new ServletRegistrationBean<>(
                new IntakeServlet(sources, identifiers, log, tails, vault, clock, settings, platform.currency(), json),
                "/v1/*");
        intake.setName("intake");
        return intake;
    }
}
