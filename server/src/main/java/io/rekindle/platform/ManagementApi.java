package io.rekindle.platform;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;

/** Which requests the management API answers: read the way they are routed, decoded and without path parameters. */
public final class ManagementApi {
    private static final PathPatternRequestMatcher PATHS = PathPatternRequestMatcher.pathPattern("/api/**");

    private ManagementApi() {}

    /** Whether the request is one to {@code /api}, however its path is spelled. */
    public static boolean covers(HttpServletRequest request) {
        return PATHS.matches(request);
    }
}
