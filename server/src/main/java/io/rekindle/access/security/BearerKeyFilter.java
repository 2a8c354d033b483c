package io.rekindle.access.security;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Caller;
import io.rekindle.access.LocalToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/** Takes {@code Authorization: Bearer <key>} on the management API; a wrong key is refused even where none is needed. */
final class BearerKeyFilter extends OncePerRequestFilter {
    private static final String SCHEME = "Bearer ";

    private final ApiKeys keys;
    private final LocalToken local;
    private final JsonMapper json;

    BearerKeyFilter(ApiKeys keys, LocalToken local, JsonMapper json) {
        this.keys = keys;
        this.local = local;
        this.json = json;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader("Authorization");
        if (header == null) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Caller> caller = Optional.empty();
        boolean isLocal = false;
        if (header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            var secret = header.substring(SCHEME.length()).strip();
            caller = local.authenticate(secret).or(() -> keys.authenticate(secret));
            isLocal = local.authenticate(secret).isPresent();
        }
        if (caller.isEmpty()) {
            SecurityConfiguration.write(
                    response, json, HttpStatus.UNAUTHORIZED, "unknown_key", "this API key is unknown or was revoked");
            return;
        }
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication(caller.get(), isLocal));
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }

    /** @param isLocal whether the caller is a command on this machine, which may name files of this machine */
    static Authentication authentication(Caller caller, boolean isLocal) {
        var authorities = new ArrayList<String>();
        for (var role : caller.roles()) authorities.add("ROLE_" + role.name());
        if (isLocal) authorities.add(Caller.LOCAL);
        return new UsernamePasswordAuthenticationToken(
                caller.name(), null, AuthorityUtils.createAuthorityList(authorities));
    }
}
