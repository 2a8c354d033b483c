package io.rekindle.access.security;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.access.Users;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Signing in to the console, and out. */
@RestController
@RequestMapping("/api/session")
class SessionResource {
    private final Users users;
    private final SecurityContextRepository contexts;
    private final SystemClock clock;
    private final BusinessClock business;
    private final AccessLog accesses;

    SessionResource(
            Users users,
            SecurityContextRepository contexts,
            SystemClock clock,
            BusinessClock business,
            AccessLog accesses) {
        this.users = users;
        this.contexts = contexts;
        this.clock = clock;
        this.business = business;
        this.accesses = accesses;
    }

    record SignIn(String email, String password) {
        @Override
        public String toString() {
            return "SignIn[%s]".formatted(email);
        }
    }

    /**
     * @param zone the company's time zone, by which days and hours are told
     * @param reasonRequired whether this user sees personal data in clear only with a reason, in {@code X-Access-Reason}
     */
    record Session(String user, Set<Role> roles, String csrfToken, String zone, boolean reasonRequired) {}

    @PostMapping
    Session signIn(
            @RequestBody SignIn signIn,
            HttpServletRequest request,
            HttpServletResponse response,
            @Parameter(hidden = true) CsrfToken csrf) {
        var caller = users.authenticate(signIn.email(), signIn.password())
                .orElseThrow(() -> new Problem(
                        Problem.Kind.UNAUTHENTICATED,
                        "wrong_sign_in",
                        "this e-mail address and password do not belong together",
                        List.of()));
        // A new session id on sign-in: one planted in the browser before is worth nothing after.
        if (request.getSession(false) == null) request.getSession(true);
        else request.changeSessionId();
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(BearerKeyFilter.authentication(caller, caller.name(), false));
        SecurityContextHolder.setContext(context);
        request.getSession().setAttribute(SessionAgeFilter.SIGNED_IN_AT, clock.instant());
        contexts.saveContext(context, request, response);
        return session(caller, csrf);
    }

    @GetMapping
    Session session(@Parameter(hidden = true) CsrfToken csrf) {
        var caller = Caller.current();
        if (caller.roles().isEmpty())
            throw new Problem(Problem.Kind.UNAUTHENTICATED, "not_authenticated", "nobody is signed in", List.of());
        return session(caller, csrf);
    }

    private Session session(Caller caller, CsrfToken csrf) {
        return new Session(
                caller.name(), caller.roles(), csrf.getToken(), business.zone().getId(), accesses.asksReason(caller));
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void signOut(HttpServletRequest request) {
        var session = request.getSession(false);
        if (session != null) session.invalidate();
    }
}
