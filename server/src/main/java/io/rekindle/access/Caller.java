package io.rekindle.access;

import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Who is calling now.
 *
 * @param name a user's e-mail, {@code key:<name>} for an API key, {@code system} for the product itself
 * @param roles the roles given, without those they imply
 */
public record Caller(String name, Set<Role> roles) {
    public Caller {
        roles = Set.copyOf(roles);
    }

    /** The authority of a command on this machine: it may name files of this machine ({@code hasAuthority('LOCAL')}). */
    public static final String LOCAL = "LOCAL";

    private static final Caller SYSTEM = new Caller("system", Set.of());

    public static Caller current() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication == null || !authentication.isAuthenticated() ? SYSTEM : of(authentication);
    }

    /** Whether personal data is shown in clear: to administrators and planners. */
    public boolean seesPersonalData() {
        return roles.contains(Role.ADMIN) || roles.contains(Role.PLANNER);
    }

    private static Caller of(Authentication authentication) {
        var roles = authentication.getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .filter(a -> a != null && a.startsWith("ROLE_"))
                .map(a -> a.substring("ROLE_".length()))
                .filter(a -> !a.equals("ANONYMOUS"))
                .map(Role::valueOf)
                .collect(Collectors.toSet());
        return new Caller(authentication.getName(), roles);
    }
}
