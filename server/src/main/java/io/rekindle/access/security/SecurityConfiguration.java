package io.rekindle.access.security;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Caller;
import io.rekindle.access.LocalToken;
import io.rekindle.access.Users;
import io.rekindle.platform.ManagementApi;
import io.rekindle.platform.Problem;
import io.rekindle.platform.ProblemBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.XorCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
class SecurityConfiguration {
    private static final String POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: https:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    private static final PathPatternRequestMatcher SIGN_IN =
            PathPatternRequestMatcher.pathPattern(HttpMethod.POST, "/api/session");

    @Bean
    static RoleHierarchy roleHierarchy() {
        return RoleHierarchyImpl.fromHierarchy("""
                ROLE_ADMIN > ROLE_PLANNER
                ROLE_ADMIN > ROLE_APPROVER
                ROLE_PLANNER > ROLE_ANALYST
                ROLE_APPROVER > ROLE_ANALYST
                ROLE_ANALYST > ROLE_VIEWER
                """);
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @Bean
    SecurityContextRepository securityContextRepository() {
        return new HttpSessionSecurityContextRepository();
    }

    /** Intake knows its callers by their write keys, and looks at nothing else that a framework would find out first. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    SecurityFilterChain intakeSecurity() {
        return new DefaultSecurityFilterChain(PathPatternRequestMatcher.pathPattern("/v1/**"));
    }

    @Bean
    SecurityFilterChain security(
            HttpSecurity http,
            ApiKeys keys,
            Users users,
            LocalToken local,
            SecurityContextRepository contexts,
            JsonMapper json) {
        return http.securityContext(c -> c.securityContextRepository(contexts))
                .csrf(csrf -> csrf.csrfTokenRequestHandler(new TokenOfHeader())
                        .ignoringRequestMatchers(SecurityConfiguration::needsNoCsrfToken))
                .addFilterBefore(new SessionAgeFilter(users), CsrfFilter.class)
                .addFilterBefore(new BearerKeyFilter(keys, local, json), CsrfFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers("/api/session")
                        .permitAll()
                        .requestMatchers("/api/**")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                .exceptionHandling(failures -> failures.authenticationEntryPoint(
                                (request, response, e) -> notAuthenticated(response, json))
                        .accessDeniedHandler((request, response, e) -> denied(response, json, e)))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(POLICY)))
                .formLogin(login -> login.disable())
                .httpBasic(basic -> basic.disable())
                .logout(logout -> logout.disable())
                .requestCache(cache -> cache.disable())
                .build();
    }

    /** What the firewall does not let in at all, such as {@code //} or {@code ;} in a path. */
    @Bean
    RequestRejectedHandler requestRejectedHandler(JsonMapper json) {
        return (request, response, e) -> write(
                response,
                json,
                Problem.invalid(
                        "request_rejected",
                        "the address is spelled in a way that is not taken, such as with '//' or ';'"));
    }

    private static void denied(HttpServletResponse response, JsonMapper json, AccessDeniedException e)
            throws IOException {
        if (!(e instanceof CsrfException))
            write(response, json, Problem.of(Problem.Kind.FORBIDDEN, "not_allowed", "your role does not allow this"));
        // The token is asked for before anybody's name: who has neither is told what is missing first.
        else if (Caller.current().roles().isEmpty()) notAuthenticated(response, json);
        else
            write(
                    response,
                    json,
                    Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "csrf_token_missing",
                            "a change from the console needs the header X-CSRF-Token of GET /api/session"));
    }

    private static void notAuthenticated(HttpServletResponse response, JsonMapper json) throws IOException {
        write(
                response,
                json,
                Problem.of(
                        Problem.Kind.UNAUTHENTICATED,
                        "not_authenticated",
                        "sign in, or send an API key as 'Authorization: Bearer …'"));
    }

    /** Not as a parameter: to look for one, all that a stranger uploads would be read first. */
    private static final class TokenOfHeader implements CsrfTokenRequestHandler {
        private final CsrfTokenRequestHandler masked = new XorCsrfTokenRequestAttributeHandler();

        @Override
        public void handle(HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
            masked.handle(request, response, token);
        }

        @Override
        public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
            return request.getHeader(token.getHeaderName()) == null
                    ? null
                    : masked.resolveCsrfTokenValue(request, token);
        }
    }

    /** A CSRF token guards what a browser would send by itself: its cookie. Keys are never sent by themselves. */
    private static boolean needsNoCsrfToken(HttpServletRequest request) {
        return !ManagementApi.covers(request) || request.getHeader("Authorization") != null || SIGN_IN.matches(request);
    }

    static void write(HttpServletResponse response, JsonMapper json, Problem problem) throws IOException {
        response.setStatus(problem.kind().status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), ProblemBody.of(problem));
    }
}
