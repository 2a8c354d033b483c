package io.rekindle.app.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.PathResourceResolver;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Serves the console. Its pages stand behind the {@code #} of its one address ({@code /#/campaigns/3}), so that it also
 * works behind a proxy under a path of its own; whoever asks for {@code /campaigns/3} is sent there. Built assets carry a
 * hash in their name and may be kept.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleFiles implements WebMvcConfigurer {
    private static final List<String> NOT_THE_CONSOLE = List.of("api/", "v1/", "t/", "u/", "p/", "c/");

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
                        return super.getResource(path.isEmpty() ? "index.html" : path, location);
                    }
                });
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new HandlerInterceptor() {
            @Override
            public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
                    throws IOException {
                var path = request.getRequestURI()
                        .substring(request.getContextPath().length());
                if (!(handler instanceof ResourceHttpRequestHandler) || !isPage(path)) return true;
                var query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
                response.sendRedirect(request.getContextPath() + "/#" + path + query);
                return false;
            }
        });
    }

    private static boolean isPage(String path) {
        return path.length() > 1
                && !path.contains(".")
                && NOT_THE_CONSOLE.stream().noneMatch(path.substring(1)::startsWith);
    }
}
