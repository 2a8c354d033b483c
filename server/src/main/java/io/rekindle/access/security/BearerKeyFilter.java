package io.rekindle.access.security;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Caller;
import io.rekindle.access.LocalToken;
import io.rekindle.platform.ManagementApi;
import io.rekindle.platform.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
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
        return !ManagementApi.covers(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader("Authorization");
        if (header == null) {
            chain.doFilter(request, response);
            return;
        }
        var authentication = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? authenticate(header.substring(SCHEME.length()).strip())
                : Optional.<Authentication>empty();
        if (authentication.isEmpty()) {
            SecurityConfiguration.write(
                    response,
                    json,
                    Problem.of(Problem.Kind.UNAUTHENTICATED, "unknown_key", "this API key is unknown or was revoked"));
            return;
        }
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication.get());
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }

    private Optional<Authentication> authenticate(String secret) {
        return local.authenticate(secret)
                .map(caller -> authentication(caller, caller.name(), true))
                .or(() -> keys.find(secret).map(key -> authentication(key.caller(), "key " + key.id(), false)));
    }

    /**
     * @param identity what tells this caller from every other: names of keys may repeat
     * @param isLocal whether the caller is a command on this machine, which may name files of this machine
     */
    static Authentication authentication(Caller caller, String identity, boolean isLocal) {
        var authorities = new ArrayList<String>();
        for (var role : caller.roles()) authorities.add("ROLE_" + role.name());
        if (isLocal) authorities.add(Caller.LOCAL);
        var authentication = new UsernamePasswordAuthenticationToken(
                caller.name(), null, AuthorityUtils.createAuthorityList(authorities));
        authentication.setDetails(identity);
        return authentication;
    }
}
