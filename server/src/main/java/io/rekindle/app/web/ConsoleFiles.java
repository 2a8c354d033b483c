package io.rekindle.app.web;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;

/**
 * Serves the console. Its pages have addresses of their own ({@code /campaigns/3}) that are no files: they all get
 * {@code index.html}, and the console shows the page. Built assets carry a hash in their name and may be kept.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleFiles implements WebMvcConfigurer {
    private static final List<String> NOT_THE_CONSOLE = List.of("api/", "v1/", "t/", "u/");

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/assets/**")
                .addResourceLocations("classpath:/static/assets/")
                .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).immutable());
        registry.addResourceHandler("/**")
                .addResourceLocations("classpath:/static/")
                .setCacheControl(CacheControl.noCache())
                .resourceChain(false)
                .addResolver(new PathResourceResolver() {
                    @Override
                    protected @Nullable Resource getResource(String path, Resource location) throws IOException {
                        var file = super.getResource(path, location);
                        boolean page = file == null
                                && !path.contains(".")
                                && NOT_THE_CONSOLE.stream().noneMatch(path::startsWith);
                        return page ? super.getResource("index.html", location) : file;
                    }
                });
    }
}
