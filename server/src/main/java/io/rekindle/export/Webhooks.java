package io.rekindle.export;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.EventLog;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who is told of events, by signed calls after the Standard Webhooks specification (standardwebhooks.com). Each event
 * is told at least once; a receiver knows a repetition by the header {@code webhook-id}.
 */
@Component
public class Webhooks {
    /** Under which secrets are sealed. */
    public static final String SEALED_AS = "webhook-secret";

    private static final String SECRET_PREFIX = "whsec_";
    private static final int SECRET_BYTES = 32;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_URL = 2_000;
    private static final int MOST_EVENTS = 200;
    private static final Duration BOTH_SECRETS = Duration.ofHours(24);
    private static final String COUNTED = """
            select w.*,
                (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting') as waiting,
                (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'dead') as dead,
                (select max(ended_at) from webhook_deliveries d
                 where d.webhook_id = w.id and d.state = 'delivered') as delivered_at
            from webhooks w
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final Vault vault;
    private final EventLog log;
    private final AccessLog accesses;
    private final SecureRandom random = new SecureRandom();

    Webhooks(JdbcClient jdbc, AuditTrail audit, SystemClock clock, Vault vault, EventLog log, AccessLog accesses) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.vault = vault;
        this.log = log;
        this.accesses = accesses;
    }

    public List<Webhook> list() {
        return jdbc.sql(COUNTED + "order by w.id").query(Webhooks::webhook).list();
    }

    public Webhook get(long id) {
        return jdbc.sql(COUNTED + "where w.id = :id")
                .param("id", id)
                .query(Webhooks::webhook)
                .optional()
                .orElseThrow(() -> notFound(id));
    }

    /** Told from now on: of events that come in after this. */
    @Transactional
    public Webhook.Made create(Webhook.Draft draft) {
        var checked = checked(draft);
        boolean withUserId = Boolean.TRUE.equals(checked.withUserId());
        boolean active = !Boolean.FALSE.equals(checked.active());
        requireMayTell(withUserId, active);
        var secret = newSecret();
        var id = jdbc.sql("""
                        insert into webhooks (name, url, sealed_secret, events, with_user_id, active, from_seq, created_at, created_by)
                        values (:name, :url, :secret, :events, :withUserId, :active, :from, :at, :by)
                        on conflict (name) do nothing returning id
                        """)
                .param("name", checked.name())
                .param("url", checked.url())
                .param("secret", sealed(secret))
                .param("events", checked.events().toArray(String[]::new))
                .param("withUserId", withUserId)
                .param("active", active)
                .param("from", log.lastSeq())
                .param("at", now())
                .param("by", Caller.current().name())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> nameTaken(checked.name()));
        audit.record("webhook.created", "webhook " + id, words(checked, withUserId, active));
        return new Webhook.Made(get(id), secret);
    }

    /** Switched on again it goes on with what waits. */
    @Transactional
    public Webhook update(long id, Webhook.Draft draft) {
        var before = get(id);
        var checked = checked(draft);
        boolean active = checked.active() == null ? before.active() : checked.active();
        boolean withUserId = checked.withUserId() == null ? before.withUserId() : checked.withUserId();
        requireMayTell(withUserId, active);
        if (jdbc.sql("select exists (select from webhooks where name = :name and id <> :id)")
                .param("name", checked.name())
                .param("id", id)
                .query(Boolean.class)
                .single()) throw nameTaken(checked.name());
        jdbc.sql("""
                        update webhooks set name = :name, url = :url, events = :events, with_user_id = :withUserId,
                            active = :active, stopped_because = case when :active then null else stopped_because end
                        where id = :id
                        """)
                .param("name", checked.name())
                .param("url", checked.url())
                .param("events", checked.events().toArray(String[]::new))
                .param("withUserId", withUserId)
                .param("active", active)
                .param("id", id)
                .update();
        audit.record("webhook.changed", "webhook " + id, words(checked, withUserId, active));
        return get(id);
    }

    /** Gives it another secret; calls are signed with both for a day. */
    @Transactional
    public Webhook.Secret renewSecret(long id) {
        var secret = newSecret();
        int changed = jdbc.sql("""
                        update webhooks set sealed_earlier = sealed_secret, earlier_until = :until, sealed_secret = :secret
                        where id = :id
                        """)
                .param("until", now().plus(BOTH_SECRETS))
                .param("secret", sealed(secret))
                .param("id", id)
                .update();
        if (changed == 0) throw notFound(id);
        audit.record("webhook.secret_renewed", "webhook " + id, "the earlier one signs beside it for a day");
        return new Webhook.Secret(secret);
    }

    /** With everything that waits for it. */
    @Transactional
    public void delete(long id) {
        var gone = get(id);
        jdbc.sql("delete from webhooks where id = :id").param("id", id).update();
        audit.record("webhook.deleted", "webhook " + id, gone.name());
    }

    /** The newest first. */
    public Page<Webhook.Delivery> deliveries(long id, Webhook.@Nullable DeliveryState state, long cursor, int limit) {
        get(id);
        var rows = jdbc.sql("""
                        select * from webhook_deliveries
                        where webhook_id = :webhook and id < :cursor and (:state::text is null or state = :state)
                        order by id desc limit :limit
                        """)
                .param("webhook", id)
                .param("cursor", cursor)
                .param("state", state == null ? null : state.code())
                .param("limit", limit + 1)
                .query(Webhooks::delivery)
                .list();
        return Page.of(rows, limit, delivery -> Long.toString(delivery.id()));
    }

    /**
     * Sends again.
     *
     * @param deliveries which; null for all in the state
     * @param state dead ones, or delivered ones too
     * @return how many
     */
    @Transactional
    public int replay(long id, @Nullable List<Long> deliveries, Webhook.DeliveryState state) {
        get(id);
        if (state == Webhook.DeliveryState.WAITING)
            throw Problem.invalid("replay_of_waiting", "what is waiting is sent by itself; name dead or delivered");
        int again = jdbc.sql("""
                        update webhook_deliveries set state = 'waiting', attempts = 0, due_at = :now, replayed_at = :now,
                            ended_at = null
                        where webhook_id = :webhook and state = :state and (:all or id = any (:ids))
                        """)
                .param("now", now())
                .param("webhook", id)
                .param("state", state.code())
                .param("all", deliveries == null)
                .param("ids", deliveries == null ? new Long[0] : deliveries.toArray(Long[]::new))
                .update();
        audit.record("webhook.replayed", "webhook " + id, "%d deliveries".formatted(again));
        return again;
    }

    /** User ids leave in clear: one who may not see them does not send them to somebody else. Anybody may switch it off. */
    private void requireMayTell(boolean withUserId, boolean active) {
        if (withUserId && active && !accesses.showsClear(Caller.current()))
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "webhook_of_personal_data",
                    "user ids in clear are told only by those who may see them, with a reason where one is asked for");
    }

    private static String words(Webhook.Draft draft, boolean withUserId, boolean active) {
        return "%s: %s, %s%s"
                .formatted(
                        draft.name(),
                        place(draft.url()),
                        active ? "active" : "paused",
                        withUserId ? ", with user ids in clear" : "");
    }

    private static Webhook.Draft checked(Webhook.Draft draft) {
        var name = draft.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME)
            throw Problem.invalid("webhook_name_invalid", "a webhook needs a name of 1 to 100 characters");
        var events = draft.events().stream().map(String::strip).distinct().toList();
        if (events.isEmpty() || events.size() > MOST_EVENTS || events.stream().anyMatch(String::isEmpty))
            throw Problem.invalid(
                    "webhook_events_invalid",
                    "name 1 to 200 events: names of track events, types such as identify, or * for all");
        return new Webhook.Draft(name, address(draft.url().strip()), events, draft.withUserId(), draft.active());
    }

    private static String address(String url) {
        try {
            var uri = new URI(url);
            boolean isWeb = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (isWeb && uri.getHost() != null && uri.getUserInfo() == null && url.length() <= LONGEST_URL) return url;
        } catch (URISyntaxException e) {
            // Said below, in the same words.
        }
        throw Problem.invalid(
                "webhook_url_invalid",
                "the address of a webhook begins with https:// (or http://), names a host, and has no user name in it");
    }

    /** Without path and parameters, in which people put secrets. */
    private static String place(String url) {
        var uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    private String newSecret() {
        var bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return SECRET_PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    private byte[] sealed(String secret) {
        return vault.seal(SEALED_AS, secret.getBytes(StandardCharsets.UTF_8));
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static Problem notFound(long id) {
        return Problem.notFound("webhook_not_found", "there is no webhook {id}").with("id", id);
    }

    private static Problem nameTaken(String name) {
        return Problem.conflict("webhook_name_taken", "there is a webhook named '{name}' already")
                .with("name", name);
    }

    private static Webhook webhook(ResultSet row, int n) throws SQLException {
        return new Webhook(
                row.getLong("id"),
                row.getString("name"),
                row.getString("url"),
                List.of((String[]) row.getArray("events").getArray()),
                row.getBoolean("with_user_id"),
                row.getBoolean("active"),
                row.getString("stopped_because"),
                row.getLong("waiting"),
                row.getLong("dead"),
                row.getLong("left_out"),
                instant(row, "left_out_at"),
                instant(row, "delivered_at"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"));
    }

    private static Webhook.Delivery delivery(ResultSet row, int n) throws SQLException {
        var state = Webhook.DeliveryState.of(row.getString("state"));
        return new Webhook.Delivery(
                row.getLong("id"),
                messageId(row.getLong("webhook_id"), row.getLong("seq")),
                row.getLong("seq"),
                row.getString("event"),
                state,
                row.getInt("attempts"),
                state == Webhook.DeliveryState.WAITING ? instant(row, "due_at") : null,
                row.getObject("answered_status", Integer.class),
                row.getString("failure"),
                row.getObject("made_at", OffsetDateTime.class).toInstant(),
                instant(row, "ended_at"));
    }

    /** The same for every attempt to tell one webhook of one event, and for no other. */
    public static String messageId(long webhook, long seq) {
        return "event_%d_%d".formatted(webhook, seq);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }
}
