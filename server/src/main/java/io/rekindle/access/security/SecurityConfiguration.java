package io.rekindle.access.security;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.LocalToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
class SecurityConfiguration {
    private static final String POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: https:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

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

    @Bean
    SecurityFilterChain security(
            HttpSecurity http, ApiKeys keys, LocalToken local, SecurityContextRepository contexts, JsonMapper json) {
        return http.securityContext(c -> c.securityContextRepository(contexts))
                .csrf(csrf -> csrf.ignoringRequestMatchers(SecurityConfiguration::needsNoCsrfToken))
                .addFilterBefore(new BearerKeyFilter(keys, local, json), CsrfFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers("/api/session")
                        .permitAll()
                        .requestMatchers("/api/**")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                .exceptionHandling(failures -> failures.authenticationEntryPoint((request, response, e) -> write(
                                response,
                                json,
                                HttpStatus.UNAUTHORIZED,
                                "not_authenticated",
                                "sign in, or send an API key as 'Authorization: Bearer …'"))
                        .accessDeniedHandler((request, response, e) -> write(
                                response,
                                json,
                                HttpStatus.FORBIDDEN,
                                e instanceof org.springframework.security.web.csrf.CsrfException
                                        ? "csrf_token_missing"
                                        : "not_allowed",
                                e instanceof org.springframework.security.web.csrf.CsrfException
                                        ? "a change from the console needs the header X-CSRF-Token of GET /api/session"
                                        : "your role does not allow this")))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(POLICY)))
                .formLogin(login -> login.disable())
                .httpBasic(basic -> basic.disable())
                .logout(logout -> logout.disable())
                .requestCache(cache -> cache.disable())
                .build();
    }

    /** A CSRF token guards what a browser would send by itself: its cookie. Keys are never sent by themselves. */
    private static boolean needsNoCsrfToken(HttpServletRequest request) {
        var path = request.getRequestURI();
        return !path.startsWith("/api/")
                || request.getHeader("Authorization") != null
                || (path.equals("/api/session") && request.getMethod().equals("POST"));
    }

    static void write(HttpServletResponse response, JsonMapper json, HttpStatus status, String code, String detail)
            throws IOException {
        var problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(status.getReasonPhrase());
        problem.setProperty("code", code);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), problem);
    }
}
