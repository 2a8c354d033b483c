package io.rekindle.platform.web;

import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses query parameters a resource does not have: a misspelt filter would else answer with everything. The {@code
 * limit} of a list is looked at here for all of them.
 */
@Configuration(proxyBeanMethods = false)
class KnownParameters implements WebMvcConfigurer, HandlerInterceptor {
    private final Map<HandlerMethod, Set<String>> known = new ConcurrentHashMap<>();

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod method)
                || !method.getBeanType().getPackageName().startsWith("io.rekindle")) return true;
        var names = known.computeIfAbsent(method, KnownParameters::names);
        parameters(request).forEach((name, values) -> {
            if (!names.contains(name)) {
                var fault = new Fault(
                                shown(name),
                                "unknown_parameter",
                                "there is no parameter '{name}' here; known are {known}")
                        .with("name", shown(name))
                        .with("known", names.isEmpty() ? "none" : names);
                throw new Problem(Problem.Kind.INVALID, "unknown_parameter", fault.message(), List.of(fault));
            }
            for (var value : values) {
                storable(name, value);
                if (name.equals("limit")) withinRange(value);
            }
        });
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> path)
            path.forEach((name, value) -> storable(String.valueOf(name), String.valueOf(value)));
        return true;
    }

    private static Map<String, String[]> parameters(HttpServletRequest request) {
        try {
            return request.getParameterMap();
        } catch (IllegalStateException undecodable) {
            throw Problem.invalid("invalid_value", "a parameter is not UTF-8, percent-encoded");
        }
    }

    private static String shown(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }

    private static void storable(String name, String value) {
        UnstorableText.in(name, value).ifPresent(fault -> {
            throw new Problem(
                    Problem.Kind.INVALID, "invalid_value", "%s: %s".formatted(name, fault.message()), List.of(fault));
        });
    }

    /** Of every list; what is no whole number at all is told by who reads it. */
    private static void withinRange(String limit) {
        if (!limit.matches("[+-]?[0-9]+")) return;
        if (limit.length() <= 5 && Integer.parseInt(limit) >= 1 && Integer.parseInt(limit) <= Page.LARGEST) return;
        var fault = new Fault("limit", "limit_out_of_range", "limit is {limit}; a page has 1 to {most} items")
                .with("limit", shown(limit))
                .with("most", Page.LARGEST);
        throw new Problem(Problem.Kind.INVALID, "limit_out_of_range", fault.message(), List.of(fault))
                .with("most", Page.LARGEST);
    }

    private static Set<String> names(HandlerMethod method) {
        var names = new TreeSet<String>();
        for (var parameter : method.getMethodParameters()) {
            parameter.initParameterNameDiscovery(new org.springframework.core.DefaultParameterNameDiscoverer());
            var query = parameter.getParameterAnnotation(RequestParam.class);
            var part = parameter.getParameterAnnotation(RequestPart.class);
            var given = query != null ? query.name() : part != null ? part.name() : null;
            if (given != null) names.add(given.isEmpty() ? String.valueOf(parameter.getParameterName()) : given);
        }
        return names;
    }
}
