package io.rekindle.access;

import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** People who sign in to the console. */
@Component
public class Users {
    private static final int MOST_FAILURES = 10;
    private static final Duration FAILURE_WINDOW = Duration.ofMinutes(5);
    static final int SHORTEST_PASSWORD = 12;
    private static final int LONGEST_EMAIL = 254;
    private static final int MANY_ADDRESSES = 1000;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final PasswordEncoder passwords;
    private final String unknownUsersHash;
    /** The latest wrong passwords of each address, known or not. */
    private final Map<String, Deque<Instant>> failures = new ConcurrentHashMap<>();
    /** When this server changed what a user may sign in to; sessions do not outlive the server either. */
    private final Map<String, Instant> sessionEnds = new ConcurrentHashMap<>();

    Users(JdbcClient jdbc, AuditTrail audit, SystemClock clock, PasswordEncoder passwords) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.passwords = passwords;
        this.unknownUsersHash = passwords.encode("nobody has this password");
    }

    /**
     * A user, without the password.
     *
     * @param lockedAt since when signing in is refused; null when it is not
     */
    public record User(
            long id,
            String email,
            String name,
            Set<Role> roles,
            @Nullable Instant lockedAt) {}

    @Transactional
    public User create(String email, String name, Set<Role> roles, String password) {
        requireGood(password);
        var normal = normal(email);
        if (!normal.matches("[^@\\s]+@[^@\\s]+") || normal.length() > LONGEST_EMAIL)
            throw Problem.invalid("email_invalid", "'%s' is no e-mail address".formatted(email));
        if (name.isBlank()) throw Problem.invalid("user_without_name", "a user needs a name");
        requireRole(roles);
        if (find(normal).isPresent())
            throw Problem.conflict("user_exists", "there is a user %s already".formatted(normal));
        var id = jdbc.sql("""
                        insert into users (email, name, password_hash, roles, created_at)
                        values (:email, :name, :hash, :roles, :at) returning id
                        """)
                .param("email", normal)
                .param("name", name)
                .param("hash", passwords.encode(password))
                .param("roles", names(roles))
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .query(Long.class)
                .single();
        audit.record("user.created", "user " + id, "%s with roles %s".formatted(normal, roles));
        return new User(id, normal, name, roles, null);
    }

    public List<User> list() {
        return jdbc.sql("select * from users order by id").query(Users::map).list();
    }

    public User get(long id) {
        return jdbc.sql("select * from users where id = :id")
                .param("id", id)
                .query(Users::map)
                .optional()
                .orElseThrow(() -> Problem.notFound("user_not_found", "there is no user {id}")
                        .with("id", id));
    }

    /** From now on the user signs in with this password; sessions signed in to before end. */
    @Transactional
    public User changePassword(long id, String password) {
        requireGood(password);
        var user = get(id);
        jdbc.sql("update users set password_hash = :hash where id = :id")
                .param("hash", passwords.encode(password))
                .param("id", id)
                .update();
        audit.record("user.password_changed", "user " + id, user.email());
        sessionEnds.put(user.email(), clock.instant());
        failures.remove(user.email());
        return user;
    }

    /** Gives the user other roles; sessions signed in to before end. A {@link Problem} {@code last_admin}. */
    @Transactional
    public User changeRoles(long id, Set<Role> roles) {
        requireRole(roles);
        var user = changeable(id, roles.contains(Role.ADMIN));
        if (user.roles().equals(roles)) return user;
        jdbc.sql("update users set roles = :roles where id = :id")
                .param("roles", names(roles))
                .param("id", id)
                .update();
        audit.record(
                "user.roles_changed", "user " + id, "%s: roles %s → %s".formatted(user.email(), user.roles(), roles));
        return withoutSessions(user);
    }

    /**
     * Lets a user sign in no more; sessions signed in to before end. A {@link Problem} {@code last_admin} when nobody could
     * manage users any more, {@code lock_oneself} when the user is the caller.
     */
    @Transactional
    public User lock(long id) {
        var user = changeable(id, false);
        if (user.email().equals(Caller.current().name()))
            throw Problem.conflict("lock_oneself", "{email} is you; another administrator can lock you")
                    .with("email", user.email());
        if (user.lockedAt() != null) return user;
        lockedSince(id, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
        audit.record("user.locked", "user " + id, user.email());
        return withoutSessions(user);
    }

    /** Lets a locked user sign in again. */
    @Transactional
    public User unlock(long id) {
        var user = get(id);
        if (user.lockedAt() == null) return user;
        lockedSince(id, null);
        audit.record("user.unlocked", "user " + id, user.email());
        return get(id);
    }

    private void lockedSince(long id, @Nullable OffsetDateTime at) {
        jdbc.sql("update users set locked_at = :at where id = :id")
                .param("at", at, Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", id)
                .update();
    }

    /** The user; refused when it is the last administrator who can sign in, and would no longer be. */
    private User changeable(long id, boolean staysAdmin) {
        // All of them locked: of two administrators who demote each other the second sees what the first did.
        var admins = jdbc.sql("""
                        select id from users where 'ADMIN' = any(roles) and locked_at is null order by id for update
                        """).query(Long.class).list();
        var user = get(id);
        if (!staysAdmin && admins.equals(List.of(id)))
            throw Problem.conflict(
                            "last_admin", "{email} is the last administrator who can sign in; make another one first")
                    .with("email", user.email());
        return user;
    }

    private User withoutSessions(User user) {
        sessionEnds.put(user.email(), clock.instant());
        return get(user.id());
    }

    private static void requireRole(Set<Role> roles) {
        if (roles.isEmpty()) throw Problem.invalid("user_without_role", "a user needs at least one role");
    }

    private static String[] names(Set<Role> roles) {
        return roles.stream().map(Role::name).sorted().toArray(String[]::new);
    }

    /** Whether the user's password, roles or lock were changed after an instant. */
    public boolean sessionsEndedSince(String email, Instant instant) {
        var ended = sessionEnds.get(email);
        return ended != null && ended.isAfter(instant);
    }

    /** A password of 96 random bits, to be shown once. */
    public static String randomPassword() {
        var bytes = new byte[12];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void requireGood(String password) {
        if (password.length() < SHORTEST_PASSWORD)
            throw Problem.invalid("password_too_short", "a password needs at least {least} characters")
                    .with("least", SHORTEST_PASSWORD);
    }

    private static String normal(String email) {
        return email.strip().toLowerCase(Locale.ROOT);
    }

    private Optional<User> find(String email) {
        return jdbc.sql("select * from users where email = :email")
                .param("email", email)
                .query(Users::map)
                .optional();
    }

    /**
     * The caller, when the password is right. After {@value #MOST_FAILURES} failures within five minutes an address is
     * refused with {@code too_many_attempts} whatever the password.
     */
    public Optional<Caller> authenticate(String email, String password) {
        var normal = normal(email);
        if (failuresOf(normal) >= MOST_FAILURES)
            throw new Problem(
                    Problem.Kind.TOO_MANY,
                    "too_many_attempts",
                    "too many wrong passwords for this address; wait five minutes",
                    List.of());
        // A locked user is told what an unknown one is.
        var hash = jdbc.sql("select password_hash from users where email = :email and locked_at is null")
                .param("email", normal)
                .query(String.class)
                .optional();
        // An unknown address costs the same time as a wrong password, so that answers tell nothing about users.
        boolean right = passwords.matches(password, hash.orElse(unknownUsersHash)) && hash.isPresent();
        if (!right) {
            noteFailure(normal);
            return Optional.empty();
        }
        failures.remove(normal);
        return find(normal).map(user -> new Caller(user.email(), user.roles()));
    }

    private int failuresOf(String email) {
        var left = failures.computeIfPresent(email, (e, recent) -> withoutOld(recent));
        return left == null ? 0 : left.size();
    }

    private void noteFailure(String email) {
        // What is too long for an address is nobody's, and must not fill the memory.
        if (email.length() > LONGEST_EMAIL) return;
        // A wrong password costs a slow hash, so that what gathers within the window is bounded by the work of it.
        if (failures.size() >= MANY_ADDRESSES)
            for (var known : failures.keySet()) failures.computeIfPresent(known, (e, recent) -> withoutOld(recent));
        failures.compute(email, (e, recent) -> {
            var all = recent == null ? new ArrayDeque<Instant>() : recent;
            all.addLast(clock.instant());
            return all;
        });
    }

    /** Without the failures that count no more; null, which takes the address off the map, when none is left. */
    private @Nullable Deque<Instant> withoutOld(Deque<Instant> recent) {
        var oldest = clock.instant().minus(FAILURE_WINDOW);
        while (!recent.isEmpty() && recent.getFirst().isBefore(oldest)) recent.removeFirst();
        return recent.isEmpty() ? null : recent;
    }

    /** How many addresses are remembered for their failures; for the test of its bound. */
    int rememberedAddresses() {
        return failures.size();
    }

    private static User map(java.sql.ResultSet row, int number) throws SQLException {
        var locked = row.getObject("locked_at", OffsetDateTime.class);
        return new User(
                row.getLong("id"),
                row.getString("email"),
                row.getString("name"),
                ApiKeys.roles(row.getArray("roles")),
                locked == null ? null : locked.toInstant());
    }
}
