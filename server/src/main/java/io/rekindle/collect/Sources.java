package io.rekindle.collect;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.platform.CommittedView;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where events come from, and the keys they are written with. A source may have several keys, so that one can be
 * replaced without a gap. Only a SHA-256 hash of a key is stored: the keys are long and random.
 */
@Component
public class Sources {
    private static final Logger LOG = LoggerFactory.getLogger(Sources.class);
    /** The product's own events. */
    public static final String OWN = "rekindle";

    /** Events made of imported files. */
    public static final String IMPORT = "import";

    /** The source of a new installation. */
    public static final String FIRST = "default";

    private static final int KEY_BYTES = 24;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final CollectSettings settings;
    private final SecureRandom random = new SecureRandom();
    private final CommittedView<Map<String, Source>> byKey;
    private volatile boolean isOpen;

    Sources(JdbcClient jdbc, AuditTrail audit, SystemClock clock, CollectSettings settings) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.settings = settings;
        for (var name : List.of(OWN, IMPORT, FIRST))
            jdbc.sql("""
                            insert into sources (name, created_at, created_by) values (:name, :at, 'system')
                            on conflict (name) do nothing
                            """).param("name", name).param("at", now()).update();
        byKey = new CommittedView<>(this::readKeys);
    }

    /**
     * @param personalFields field names, beyond the settings', whose values never enter the history
     * @param pausedAt since when nothing is taken in; null: it is
     */
    public record Source(
            int id,
            String name,
            List<String> personalFields,
            SourceRules rules,
            @Nullable Instant pausedAt,
            Instant createdAt) {
        public Source {
            personalFields = List.copyOf(personalFields);
        }
    }

    /** A key as it is listed: how it begins, never the whole. */
    public record WriteKey(
            long id,
            String hint,
            Instant createdAt,
            String createdBy,
            @Nullable Instant revokedAt) {}

    /** The secret of a key that was just made; it is shown this once. */
    public record NewKey(long id, String secret) {
        @Override
        public String toString() {
            return "NewKey[%d, secret]".formatted(id);
        }
    }

    /**
     * Makes sure that the first source can be written to: with the key of the settings, else with one made now, which
     * is returned to be shown once. Empty when there was nothing to make.
     */
    @Transactional
    public Optional<String> firstKey() {
        var made = ensureFirstKey();
        // The key opens its source once this is committed.
        CommittedView.afterCommit(() -> isOpen = true);
        return made;
    }

    /**
     * Whether every key that is to be known is: the port answers a moment before the first key is there, and whoever is
     * told meanwhile that a key is unknown may believe it for good.
     */
    public boolean isOpen() {
        return isOpen;
    }

    private Optional<String> ensureFirstKey() {
        var first = named(FIRST);
        var set = settings.writeKey();
        if (set != null) {
            if (wasRevoked(set))
                LOG.warn(
                        "the key in REKINDLE_WRITE_KEY was revoked: it opens nothing; take another or unset the variable");
            else if (authenticate(set).isEmpty()) store(first, set);
            return Optional.empty();
        }
        if (!keys(first.id()).isEmpty()) return Optional.empty();
        return Optional.of(createKey(first.id()).secret());
    }

    private boolean wasRevoked(String key) {
        return jdbc.sql(
                        "select exists (select from write_keys where key_hash = :hash and revoked_at is not null) as revoked")
                .param("hash", HexFormat.of().parseHex(hash(key)))
                .query(Boolean.class)
                .single();
    }

    /** The source a key writes to; empty when no key in force is this one. */
    public Optional<Source> authenticate(String key) {
        return Optional.ofNullable(byKey.get().get(hash(key)));
    }

    public List<Source> list() {
        return jdbc.sql("select * from sources order by id")
                .query(Sources::source)
                .list();
    }

    public Source get(int id) {
        return jdbc.sql("select * from sources where id = :id")
                .param("id", id)
                .query(Sources::source)
                .optional()
                .orElseThrow(() -> Problem.notFound("source_not_found", "there is no source {id}")
                        .with("id", id));
    }

    /** A source that is known to be there, such as {@link #OWN}. */
    public Source named(String name) {
        return jdbc.sql("select * from sources where name = :name")
                .param("name", name)
                .query(Sources::source)
                .single();
    }

    /** Gives a source other rules and further personal fields; what came in before stays as it is. */
    @Transactional
    public Source change(int id, List<String> personalFields, SourceRules rules) {
        var source = requireOpen(id);
        jdbc.sql("""
                        update sources set personal_fields = :fields, allowed_types = :types, allowed_origins = :origins,
                            events_per_second = :rate where id = :id
                        """)
                .param("fields", personalFields.toArray(String[]::new))
                .param("types", rules.allowedTypes().toArray(String[]::new))
                .param("origins", rules.allowedOrigins().toArray(String[]::new))
                .param("rate", rules.eventsPerSecond())
                .param("id", id)
                .update();
        audit.record(
                "source.changed",
                "source " + id,
                "'%s': types %s, origins %s, items a second %s, personal fields %s"
                        .formatted(
                                source.name(),
                                rules.allowedTypes().isEmpty() ? "all" : rules.allowedTypes(),
                                rules.allowedOrigins().isEmpty() ? "all" : rules.allowedOrigins(),
                                rules.eventsPerSecond() == null ? "any" : rules.eventsPerSecond(),
                                personalFields));
        byKey.changed();
        return get(id);
    }

    /** From now on nothing is taken in from a source: its clients are told to come back later. */
    @Transactional
    public Source pause(int id) {
        return setPaused(id, now());
    }

    /** What a source sends is taken in again. */
    @Transactional
    public Source resume(int id) {
        return setPaused(id, null);
    }

    private Source setPaused(int id, @Nullable OffsetDateTime at) {
        var source = requireOpen(id);
        if ((source.pausedAt() == null) == (at == null)) return source;
        jdbc.sql("update sources set paused_at = :at where id = :id")
                .param("at", at)
                .param("id", id)
                .update();
        audit.record(at == null ? "source.resumed" : "source.paused", "source " + id, source.name());
        byKey.changed();
        return get(id);
    }

    /** A source that clients write to, not one of the product itself. */
    public Source requireOpen(int id) {
        var source = get(id);
        if (source.name().equals(OWN) || source.name().equals(IMPORT))
            throw Problem.conflict("source_is_internal", "the source '{name}' is written to by the product alone")
                    .with("name", source.name());
        return source;
    }

    @Transactional
    public Source create(String name, List<String> personalFields) {
        var trimmed = name.strip();
        if (trimmed.isEmpty() || trimmed.length() > 100)
            throw Problem.invalid("source_name_invalid", "a source needs a name of 1 to 100 characters");
        var id = jdbc.sql("""
                        insert into sources (name, personal_fields, created_at, created_by)
                        values (:name, :fields, :at, :by) on conflict (name) do nothing returning id
                        """)
                .param("name", trimmed)
                .param("fields", personalFields.toArray(String[]::new))
                .param("at", now())
                .param("by", Caller.current().name())
                .query(Integer.class)
                .optional()
                .orElseThrow(() -> Problem.conflict("source_name_taken", "there is a source named '{name}' already")
                        .with("name", trimmed));
        audit.record("source.created", "source " + id, trimmed);
        return get(id);
    }

    public List<WriteKey> keys(int sourceId) {
        return jdbc.sql("select * from write_keys where source_id = :id order by id")
                .param("id", sourceId)
                .query((row, n) -> {
                    var revoked = row.getObject("revoked_at", OffsetDateTime.class);
                    return new WriteKey(
                            row.getLong("id"),
                            row.getString("hint"),
                            row.getObject("created_at", OffsetDateTime.class).toInstant(),
                            row.getString("created_by"),
                            revoked == null ? null : revoked.toInstant());
                })
                .list();
    }

    /** Makes one more key for a source. */
    @Transactional
    public NewKey createKey(int sourceId) {
        var source = requireOpen(sourceId);
        var bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        var secret = "wk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new NewKey(store(source, secret), secret);
    }

    /** From now on the key opens nothing. */
    @Transactional
    public void revokeKey(int sourceId, long keyId) {
        int changed = jdbc.sql("""
                        update write_keys set revoked_at = coalesce(revoked_at, :at) where id = :key and source_id = :source
                        """)
                .param("at", now())
                .param("key", keyId)
                .param("source", sourceId)
                .update();
        if (changed == 0)
            throw Problem.notFound("write_key_not_found", "source {source} has no write key {id}")
                    .with("source", sourceId)
                    .with("id", keyId);
        audit.record("write_key.revoked", "source " + sourceId, "key " + keyId);
        byKey.changed();
    }

    private long store(Source source, String secret) {
        if (secret.length() < CollectSettings.SHORTEST_KEY)
            throw Problem.invalid(
                            "key_too_short", "REKINDLE_WRITE_KEY has {length} characters; it needs at least {least}")
                    .with("length", secret.length())
                    .with("least", CollectSettings.SHORTEST_KEY);
        long id = jdbc.sql("""
                        insert into write_keys (source_id, key_hash, hint, created_at, created_by)
                        values (:source, :hash, :hint, :at, :by) returning id
                        """)
                .param("source", source.id())
                .param("hash", HexFormat.of().parseHex(hash(secret)))
                .param("hint", secret.substring(0, 6) + "…")
                .param("at", now())
                .param("by", Caller.current().name())
                .query(Long.class)
                .single();
        audit.record("write_key.created", "source " + source.id(), "key %d for '%s'".formatted(id, source.name()));
        byKey.changed();
        return id;
    }

    private Map<String, Source> readKeys() {
        record Entry(String hash, Source source) {}
        return jdbc
                .sql("""
                        select k.key_hash, s.* from write_keys k join sources s on s.id = k.source_id
                        where k.revoked_at is null
                        """)
                .query((row, n) -> new Entry(HexFormat.of().formatHex(row.getBytes("key_hash")), source(row, n)))
                .list()
                .stream()
                .collect(Collectors.toUnmodifiableMap(Entry::hash, Entry::source));
    }

    private static Source source(ResultSet row, int number) throws SQLException {
        var paused = row.getObject("paused_at", OffsetDateTime.class);
        return new Source(
                row.getInt("id"),
                row.getString("name"),
                list(row, "personal_fields"),
                new SourceRules(
                        list(row, "allowed_types"),
                        list(row, "allowed_origins"),
                        row.getObject("events_per_second", Integer.class)),
                paused == null ? null : paused.toInstant(),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static List<String> list(ResultSet row, String column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }
}
