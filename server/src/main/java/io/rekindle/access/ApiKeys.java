package io.rekindle.access;

import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keys of the management API. Only a SHA-256 hash is stored: the keys are long and random, so a slow hash would protect
 * nothing more.
 */
@Component
public class ApiKeys {
    static final int SHORTEST_SECRET = 20;
    private static final int SECRET_BYTES = 24;
    private static final long READ_AGAIN_AFTER = 1_000_000_000L;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final SecureRandom random = new SecureRandom();
    /** What was read of keys by their hash, until one changes. A read that began before goes to the map thrown away. */
    private volatile Map<ByteBuffer, Read> read = new ConcurrentHashMap<>();

    /** A key as it stood at a moment of {@link System#nanoTime}. */
    private record Read(ApiKey key, long at) {}

    ApiKeys(JdbcClient jdbc, AuditTrail audit, SystemClock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** A key as it is listed; the secret itself is shown once, when made. */
    public record ApiKey(
            long id,
            String name,
            String hint,
            Set<Role> roles,
            Instant createdAt,
            String createdBy,
            @Nullable Instant revokedAt) {
        /** Whoever has the key, as a caller. */
        public Caller caller() {
            return new Caller("key:" + name, roles);
        }
    }

    /** A key that was just made, with its secret. */
    public record NewKey(ApiKey key, String secret) {
        @Override
        public String toString() {
            return "NewKey[%d, secret]".formatted(key.id());
        }
    }

    /** Makes a key with a random secret. */
    @Transactional
    public NewKey create(String name, Set<Role> roles) {
        var bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return store(
                name, roles, "rk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Makes a key with a secret chosen by the operator. */
    @Transactional
    public NewKey createWith(String name, Set<Role> roles, String secret) {
        if (secret.length() < SHORTEST_SECRET)
            throw Problem.invalid(
                            "key_too_short", "REKINDLE_ADMIN_KEY has {length} characters; it needs at least {least}")
                    .with("length", secret.length())
                    .with("least", SHORTEST_SECRET);
        return store(name, roles, secret);
    }

    private NewKey store(String name, Set<Role> roles, String secret) {
        if (name.isBlank()) throw Problem.invalid("key_without_name", "a key needs a name that says who uses it");
        if (roles.isEmpty()) throw Problem.invalid("key_without_role", "a key needs at least one role");
        var id = jdbc.sql("""
                        insert into api_keys (name, secret_hash, hint, roles, created_at, created_by)
                        values (:name, :hash, :hint, :roles, :at, :by) returning id
                        """)
                .param("name", name)
                .param("hash", hash(secret))
                .param("hint", secret.substring(0, 6) + "…")
                .param("roles", roles.stream().map(Role::name).sorted().toArray(String[]::new))
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("by", Caller.current().name())
                .query(Long.class)
                .single();
        audit.record("key.created", "key " + id, "%s with roles %s".formatted(name, roles));
        return new NewKey(get(id), secret);
    }

    public List<ApiKey> list() {
        return jdbc.sql("select * from api_keys order by id")
                .query(ApiKeys::map)
                .list();
    }

    public ApiKey get(long id) {
        return jdbc.sql("select * from api_keys where id = :id")
                .param("id", id)
                .query(ApiKeys::map)
                .optional()
                .orElseThrow(() -> Problem.notFound("key_not_found", "there is no API key {id}")
                        .with("id", id));
    }

    /** From now on the key opens nothing. */
    @Transactional
    public void revoke(long id) {
        var key = get(id);
        if (key.revokedAt() != null) return;
        jdbc.sql("update api_keys set revoked_at = :at where id = :id")
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("id", id)
                .update();
        audit.record("key.revoked", "key " + id, key.name());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                read = new ConcurrentHashMap<>();
            }
        });
    }

    /** The caller a secret stands for; empty when no key in force has it. */
    public Optional<Caller> authenticate(String secret) {
        return find(secret).map(ApiKey::caller);
    }

    /** The key in force with this secret. */
    public Optional<ApiKey> find(String secret) {
        return any(secret).filter(key -> key.revokedAt() == null);
    }

    /**
     * The key with this secret, in force or revoked. What was read within the last second is not read again, unless a key
     * was revoked since.
     */
    Optional<ApiKey> any(String secret) {
        var known = read;
        var hash = hash(secret);
        var last = known.get(ByteBuffer.wrap(hash));
        if (last != null && System.nanoTime() - last.at() < READ_AGAIN_AFTER) return Optional.of(last.key());
        long now = System.nanoTime();
        var found = jdbc.sql("select * from api_keys where secret_hash = :hash")
                .param("hash", hash)
                .query(ApiKeys::map)
                .optional();
        found.ifPresent(key -> known.put(ByteBuffer.wrap(hash), new Read(key, now)));
        return found;
    }

    private static ApiKey map(java.sql.ResultSet row, int number) throws SQLException {
        var revoked = row.getObject("revoked_at", OffsetDateTime.class);
        return new ApiKey(
                row.getLong("id"),
                row.getString("name"),
                row.getString("hint"),
                roles(row.getArray("roles")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                revoked == null ? null : revoked.toInstant());
    }

    static Set<Role> roles(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray()).map(Role::valueOf).collect(Collectors.toSet());
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }
}
