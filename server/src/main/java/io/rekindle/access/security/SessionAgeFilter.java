package io.rekindle.access.security;

import io.rekindle.access.Users;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Ends the console sessions that were signed in to before their user's password, roles or lock changed. */
final class SessionAgeFilter extends OncePerRequestFilter {
    /** The session's attribute with the instant of signing in. */
    static final String SIGNED_IN_AT = SessionAgeFilter.class.getName() + ".signedInAt";

    private final Users users;

    SessionAgeFilter(Users users) {
        this.users = users;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        var session = request.getSession(false);
        if (authentication != null
                && session != null
                && session.getAttribute(SIGNED_IN_AT) instanceof Instant signedInAt
                && users.sessionsEndedSince(authentication.getName(), signedInAt)) {
            session.invalidate();
            SecurityContextHolder.clearContext();
        }
        chain.doFilter(request, response);
    }
}
