package io.rekindle.platform.web;

import io.rekindle.platform.PlatformSettings;
import jakarta.servlet.MultipartConfigElement;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.servlet.autoconfigure.MultipartProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WebServerConfiguration {
    @Bean
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> refusalsAreProblems() {
        return factory -> factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host)
                host.setErrorReportValveClass(ProblemValve.class.getName());
        });
    }

    /**
     * Where files are while they arrive: in the data folder, in clear only as long as the process lives. The machine's own
     * temporary folder would keep what a killed server had of them.
     */
    @Bean
    MultipartConfigElement whereFilesArrive(MultipartProperties properties, PlatformSettings settings) {
        var given = properties.createMultipartConfig();
        return new MultipartConfigElement(
                settings.uploads().toAbsolutePath().toString(),
                given.getMaxFileSize(),
                given.getMaxRequestSize(),
                given.getFileSizeThreshold());
    }
}
