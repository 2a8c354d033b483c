package io.rekindle.export.webhooks;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.rekindle.common.CustomerId;
import io.rekindle.export.WebhookSettings;
import io.rekindle.export.Webhooks;
import io.rekindle.identity.Identities;
import io.rekindle.platform.LastingThreads;
import io.rekindle.platform.OutgoingHttp;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.profile.Profiles;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends what is due. Every webhook has a worker of its own while something is due for it, so that a slow one keeps
 * nobody waiting. What a worker takes it holds for a while: after a crash it is due again, under the same id.
 */
@Component
class WebhookSender implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration CLEANING = Duration.ofMinutes(10);
    private static final Duration HELD = Duration.ofMinutes(3);
    private static final int AT_ONCE = 8;
    private static final int GONE = 410;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final long LONGEST_RETRY_AFTER_SECONDS = 24 * 3600L;

    private final JdbcClient jdbc;
    private final OutgoingHttp http;
    private final Identities identities;
    private final Profiles profiles;
    private final Vault vault;
    private final SystemClock clock;
    private final WebhookSettings settings;
    private final JsonMapper json;
    private final Set<Long> atWork = ConcurrentHashMap.newKeySet();
    private volatile boolean running;
    private volatile @Nullable Thread thread;
    private volatile @Nullable ExecutorService workers;
    private Instant cleaned = Instant.MIN;

    WebhookSender(
            JdbcClient jdbc,
            OutgoingHttp http,
            Identities identities,
            Profiles profiles,
            Vault vault,
            SystemClock clock,
            WebhookSettings settings,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.http = http;
        this.identities = identities;
        this.profiles = profiles;
        this.vault = vault;
        this.clock = clock;
        this.settings = settings;
        this.json = json;
    }

    /** There is something new. */
    void wake() {
        var current = thread;
        if (current != null) LockSupport.unpark(current);
    }

    @Override
    public void start() {
        running = true;
        workers = Executors.newVirtualThreadPerTaskExecutor();
        thread = LastingThreads.start("webhooks", this::run);
    }

    @Override
    public void stop() {
        running = false;
        wake();
        var current = thread;
        var all = workers;
        try {
            if (current != null) current.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (all != null) all.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                for (long webhook : due()) begin(webhook);
                clean();
            } catch (RuntimeException | Error e) {
                LOG.error("webhooks cannot be looked at now; trying again", e);
            }
            LockSupport.parkNanos(GLANCE.toNanos());
        }
    }

    private List<Long> due() {
        return jdbc.sql("""
                        select id from webhooks w where active and exists (
                            select from webhook_deliveries d
                            where d.webhook_id = w.id and d.state = 'waiting' and d.due_at <= :now)
                        """)
                .param("now", now())
                .query((row, n) -> row.getLong("id"))
                .list();
    }

    private void begin(long webhook) {
        var all = workers;
        if (all == null || !atWork.add(webhook)) return;
        all.execute(() -> {
            try {
                while (running && sendSome(webhook))
                    ;
            } catch (RuntimeException | Error e) {
                LOG.error("webhook {} could not be worked on; trying again", webhook, e);
            } finally {
                atWork.remove(webhook);
            }
        });
    }

    private record Receiver(long id, String name, URI url, boolean withUserId, List<String> secrets) {}

    private record Due(long id, long seq, CustomerId customer, String body, int attempts) {}

    /** Whether there may be more. */
    private boolean sendSome(long webhook) {
        var found = receiver(webhook);
        if (found == null) return false;
        var taken = take(webhook);
        if (taken.isEmpty()) return false;
        // As of now: since it was written down they may have been merged or parted.
        var whose = identities.canonical(
                taken.stream().map(Due::customer).distinct().toList());
        Map<CustomerId, String> userIds = found.withUserId() ? profiles.userIds(Set.copyOf(whose.values())) : Map.of();
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (var due : taken) {
                var customer = whose.getOrDefault(due.customer(), due.customer());
                tasks.add(() -> send(found, due, customer, userIds.get(customer)));
            }
            each.invokeAll(tasks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }

    private @Nullable Receiver receiver(long webhook) {
        return jdbc.sql("select * from webhooks where id = :id and active")
                .param("id", webhook)
                .query((row, n) -> {
                    var secrets = new ArrayList<String>();
                    secrets.add(opened(row.getBytes("sealed_secret")));
                    var until = row.getObject("earlier_until", OffsetDateTime.class);
                    if (until != null && until.toInstant().isAfter(clock.instant()))
                        secrets.add(opened(row.getBytes("sealed_earlier")));
                    return new Receiver(
                            webhook,
                            row.getString("name"),
                            URI.create(row.getString("url")),
                            row.getBoolean("with_user_id"),
                            secrets);
                })
                .optional()
                .orElse(null);
    }

    private String opened(byte[] sealed) {
        return new String(vault.open(Webhooks.SEALED_AS, sealed), StandardCharsets.UTF_8);
    }

    private List<Due> take(long webhook) {
        return jdbc.sql("""
                        with taken as (
                            select id from webhook_deliveries
                            where webhook_id = :webhook and state = 'waiting' and due_at <= :now
                            order by due_at, seq limit :limit for update skip locked)
                        update webhook_deliveries d set due_at = :until, attempts = attempts + 1
                        from taken where d.id = taken.id
                        returning d.id, d.seq, d.customer_id, d.body, d.attempts
                        """)
                .param("webhook", webhook)
                .param("now", now())
                .param("until", now().plus(HELD))
                .param("limit", AT_ONCE)
                .query((row, n) -> new Due(
                        row.getLong("id"),
                        row.getLong("seq"),
                        new CustomerId(row.getLong("customer_id")),
                        row.getString("body"),
                        row.getInt("attempts")))
                .list();
    }

    private boolean send(Receiver to, Due due, CustomerId customer, @Nullable String userId) {
        var body = WebhookAlerts.isAlert(due.seq()) ? due.body() : of(customer, userId, due.body());
        try {
            var answer = http.post(to.url(), headers(to, due, body), body);
            if (answer.status() >= 200 && answer.status() < 300) return delivered(due, answer.status());
            if (answer.status() == GONE) stop(to);
            boolean asksToWait = answer.status() == TOO_MANY || answer.status() == UNAVAILABLE;
            return failed(
                    due,
                    answer.status(),
                    "status",
                    asksToWait ? seconds(answer.retryAfter().orElse("")) : 0);
        } catch (Problem notAllowed) {
            return failed(due, null, notAllowed.code(), 0);
        } catch (UnknownHostException e) {
            return failed(due, null, "host_unknown", 0);
        } catch (IOException e) {
            return failed(due, null, "no_answer", 0);
        }
    }

    private String of(CustomerId customer, @Nullable String userId, String body) {
        var whole = (ObjectNode) json.readTree(body);
        var data = (ObjectNode) whole.get("data");
        data.put("customer", customer.toString());
        if (userId != null) data.put("userId", userId);
        return json.writeValueAsString(whole);
    }

    private Map<String, String> headers(Receiver to, Due due, String body) {
        var id = Webhooks.messageId(to.id(), due.seq());
        long at = clock.instant().getEpochSecond();
        var signatures = new ArrayList<String>();
        for (var secret : to.secrets()) {
            try {
                signatures.add(new Webhook(secret).sign(id, at, body));
            } catch (WebhookSigningException | EmptyWebhookSecretException e) {
                throw new IllegalStateException("a webhook's secret cannot sign", e);
            }
        }
        var headers = new LinkedHashMap<String, String>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(at));
        headers.put("webhook-signature", String.join(" ", signatures));
        return headers;
    }

    /** A date there is taken for no wish: few send one, and clocks differ. */
    private static long seconds(String retryAfter) {
        return retryAfter.matches("\\d{1,6}") ? Math.min(LONGEST_RETRY_AFTER_SECONDS, Long.parseLong(retryAfter)) : 0;
    }

    private boolean delivered(Due due, int status) {
        jdbc.sql("""
                        update webhook_deliveries set state = 'delivered', answered_status = :status, failure = null, ended_at = :now
                        where id = :id
                        """)
                .param("status", status)
                .param("now", now())
                .param("id", due.id())
                .update();
        return true;
    }

    private boolean failed(Due due, @Nullable Integer status, String failure, long notBeforeSeconds) {
        var retries = settings.retries();
        boolean dead = due.attempts() > retries.size();
        var next = dead
                ? Duration.ZERO
                : retries.get(due.attempts() - 1).compareTo(Duration.ofSeconds(notBeforeSeconds)) < 0
                        ? Duration.ofSeconds(notBeforeSeconds)
                        : retries.get(due.attempts() - 1);
        jdbc.sql("""
                        update webhook_deliveries set state = :state, due_at = :due, answered_status = :status, failure = :failure,
                            ended_at = :ended where id = :id
                        """)
                .param("state", dead ? "dead" : "waiting")
                .param("due", now().plus(next))
                .param("status", status, java.sql.Types.INTEGER)
                .param("failure", failure)
                .param("ended", dead ? now() : null, java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("id", due.id())
                .update();
        return false;
    }

    /** The receiver says that it is no more, which the specification asks to be believed. */
    private void stop(Receiver to) {
        LOG.warn("webhook {} ({}) answers 410: it is switched off until somebody switches it on", to.id(), to.name());
        jdbc.sql("update webhooks set active = false, stopped_because = 'gone' where id = :id")
                .param("id", to.id())
                .update();
    }

    /** Gives up what waited too long: for a webhook that is switched off it would wait for ever. */
    void giveUp() {
        int given = jdbc.sql("""
                        update webhook_deliveries set state = 'dead', failure = 'waited_too_long', answered_status = null,
                            ended_at = :now
                        where state = 'waiting' and coalesce(replayed_at, made_at) < :before
                        """)
                .param("now", now())
                .param("before", now().minus(settings.waits()))
                .update();
        if (given > 0) LOG.warn("{} deliveries to webhooks waited for {} and were given up", given, settings.waits());
    }

    private void clean() {
        var at = clock.instant();
        if (at.isBefore(cleaned.equals(Instant.MIN) ? at : cleaned.plus(CLEANING))) return;
        cleaned = at;
        giveUp();
        jdbc.sql("delete from webhook_deliveries where state <> 'waiting' and ended_at < :before")
                .param("before", now().minus(settings.keep()))
                .update();
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
