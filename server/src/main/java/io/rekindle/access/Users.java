package io.rekindle.access;

import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** People who sign in to the console. */
@Component
public class Users {
    private static final int MOST_FAILURES = 10;
    private static final Duration FAILURE_WINDOW = Duration.ofMinutes(5);
    private static final int SHORTEST_PASSWORD = 12;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final PasswordEncoder passwords;
    private final String unknownUsersHash;
    private final Map<String, Deque<Instant>> failures = new ConcurrentHashMap<>();

    Users(JdbcClient jdbc, AuditTrail audit, SystemClock clock, PasswordEncoder passwords) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.passwords = passwords;
        this.unknownUsersHash = passwords.encode("nobody has this password");
    }

    /** A user, without the password. */
    public record User(long id, String email, String name, Set<Role> roles) {}

    @Transactional
    public User create(String email, String name, Set<Role> roles, String password) {
        if (password.length() < SHORTEST_PASSWORD)
            throw Problem.invalid(
                    "password_too_short", "a password needs at least %d characters".formatted(SHORTEST_PASSWORD));
        var normal = email.strip().toLowerCase(Locale.ROOT);
        if (find(normal).isPresent())
            throw Problem.conflict("user_exists", "there is a user %s already".formatted(normal));
        var id = jdbc.sql("""
                        insert into users (email, name, password_hash, roles, created_at)
                        values (:email, :name, :hash, :roles, :at) returning id
                        """)
                .param("email", normal)
                .param("name", name)
                .param("hash", passwords.encode(password))
                .param("roles", roles.stream().map(Role::name).sorted().toArray(String[]::new))
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .query(Long.class)
                .single();
        audit.record("user.created", "user " + id, "%s with roles %s".formatted(normal, roles));
        return new User(id, normal, name, roles);
    }

    public List<User> list() {
        return jdbc.sql("select * from users order by id").query(Users::map).list();
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
        var normal = email.strip().toLowerCase(Locale.ROOT);
        var recent = failures.computeIfAbsent(normal, e -> new ArrayDeque<>());
        synchronized (recent) {
            var oldest = clock.instant().minus(FAILURE_WINDOW);
            while (!recent.isEmpty() && recent.getFirst().isBefore(oldest)) recent.removeFirst();
            if (recent.size() >= MOST_FAILURES)
                throw new Problem(
                        Problem.Kind.TOO_MANY,
                        "too_many_attempts",
                        "too many wrong passwords for this address; wait five minutes",
                        List.of());
        }
        var hash = jdbc.sql("select password_hash from users where email = :email")
                .param("email", normal)
                .query(String.class)
                .optional();
        // An unknown address costs the same time as a wrong password, so that answers tell nothing about users.
        boolean right = passwords.matches(password, hash.orElse(unknownUsersHash)) && hash.isPresent();
        if (!right) {
            synchronized (recent) {
                recent.addLast(clock.instant());
            }
            return Optional.empty();
        }
        failures.remove(normal);
        return find(normal).map(user -> new Caller(user.email(), user.roles()));
    }

    private static User map(java.sql.ResultSet row, int number) throws SQLException {
        return new User(
                row.getLong("id"), row.getString("email"), row.getString("name"), ApiKeys.roles(row.getArray("roles")));
    }
}
