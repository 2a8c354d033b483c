package io.rekindle.export.webhooks;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.export.WebhookSettings;
import io.rekindle.platform.SystemClock;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes down, for each webhook, the events it is to be told of: in the transaction that moves this tail's place. What files
 * and pulls bring is no news to others: it happened long ago, came from them perhaps, and may come twice.
 */
@Component
class WebhookTail implements Tail {
    static final String ALL = "*";
    private static final Logger LOG = LoggerFactory.getLogger(WebhookTail.class);
    private static final Set<String> TYPES = Set.of("identify", "page", "screen", "group", "alias");

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Sources sources;
    private final SystemClock clock;
    private final JsonMapper json;
    private final WebhookSender sender;
    private final WebhookSettings settings;
    private final Map<Integer, String> sourceNames = new HashMap<>();
    /** By webhook, how many more may be written down for it: at least, for what was delivered meanwhile is not counted. */
    private final Map<Long, Room> rooms = new HashMap<>();

    WebhookTail(
            JdbcClient jdbc,
            Warehouse warehouse,
            Sources sources,
            SystemClock clock,
            JsonMapper json,
            WebhookSender sender,
            WebhookSettings settings) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.sources = sources;
        this.clock = clock;
        this.json = json;
        this.sender = sender;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "webhooks";
    }

    /** It asks for the few it wants by itself. */
    @Override
    public boolean wantsEvents() {
        return false;
    }

    /** Customers' user ids are told from their profiles. */
    @Override
    public List<String> after() {
        return List.of("identity", "profile");
    }

    private record Receiver(long id, Set<String> events, long fromSeq) {
        boolean wants(Event event) {
            return event.seq() > fromSeq && (events.contains(ALL) || events.contains(event.word()));
        }
    }

    private record Event(
            long seq,
            Instant occurredAt,
            Instant receivedAt,
            EventType type,
            @Nullable String name,
            CustomerId customer,
            int source,
            String messageId,
            @Nullable String properties) {
        /** By what it is subscribed to. */
        String word() {
            return type == EventType.TRACK && name != null ? name : type.code();
        }
    }

    /** What a receiver gets. Whose it is by then, and with which user id, is put in when it is sent. */
    private record Body(String type, Instant timestamp, Data data) {}

    private record Data(
            long seq,
            String customer,
            @Nullable String name,
            String source,
            String messageId,
            Instant receivedAt,
            tools.jackson.databind.JsonNode properties) {}

    @Override
    public void process(Batch batch) {
        var receivers = receivers();
        if (receivers.isEmpty()) return;
        var events = warehouse.query(
                wanted(batch, receivers),
                row -> new Event(
                        row.longValue("seq"),
                        row.instant("occurred_at"),
                        row.instant("received_at"),
                        EventType.valueOf(row.text("type").toUpperCase(java.util.Locale.ROOT)),
                        row.nullableText("name"),
                        new CustomerId(row.longValue("customer_id")),
                        row.intValue("source_id"),
                        row.text("message_id"),
                        row.nullableText("properties")));
        if (events.isEmpty()) return;
        var webhooks = new ArrayList<Long>();
        var seqs = new ArrayList<Long>();
        var words = new ArrayList<String>();
        var ofWhom = new ArrayList<Long>();
        var bodies = new ArrayList<String>();
        var leftOut = new HashMap<Long, Integer>();
        var taken = new HashMap<Long, Integer>();
        for (var event : events) {
            var body = json.writeValueAsString(body(event));
            for (var receiver : receivers) {
                if (!receiver.wants(event)) continue;
                if (!hasRoom(receiver, taken.getOrDefault(receiver.id(), 0))) {
                    leftOut.merge(receiver.id(), 1, Integer::sum);
                    continue;
                }
                taken.merge(receiver.id(), 1, Integer::sum);
                webhooks.add(receiver.id());
                seqs.add(event.seq());
                words.add(event.word());
                ofWhom.add(event.customer().value());
                bodies.add(body);
            }
        }
        jdbc.sql("""
                        insert into webhook_deliveries (webhook_id, seq, event, customer_id, body, state, attempts, due_at, made_at)
                        select w, s, e, c, b, 'waiting', 0, :now, :now
                        from unnest(:webhooks::bigint[], :seqs::bigint[], :words::text[], :customers::bigint[], :bodies::text[])
                            as made (w, s, e, c, b)
                        on conflict (webhook_id, seq) do nothing
                        """)
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("webhooks", webhooks.toArray(Long[]::new))
                .param("seqs", seqs.toArray(Long[]::new))
                .param("words", words.toArray(String[]::new))
                .param("customers", ofWhom.toArray(Long[]::new))
                .param("bodies", bodies.toArray(String[]::new))
                .update();
        leftOut.forEach(this::leaveOut);
        sender.wake();
    }

    private static final class Room {
        private long left;
        private Instant countedAt = Instant.EPOCH;
        private boolean isFull;
    }

    /**
     * Whether one more may be written down; then it counts as written.
     *
     * @param taken how many are about to be
     */
    private boolean hasRoom(Receiver receiver, int taken) {
        var room = rooms.computeIfAbsent(receiver.id(), id -> new Room());
        var now = clock.instant();
        if (room.left == 0 && Duration.between(room.countedAt, now).compareTo(settings.countEvery()) >= 0) {
            long undelivered = jdbc.sql(
                            "select count(*) from webhook_deliveries where webhook_id = :id and state <> 'delivered'")
                    .param("id", receiver.id())
                    .query(Long.class)
                    .single();
            room.left = Math.max(0, settings.mostUndelivered() - undelivered - taken);
            room.countedAt = now;
            boolean isFull = room.left == 0;
            if (isFull && !room.isFull)
                LOG.warn(
                        "{} deliveries of webhook {} wait or were given up: further events are not written down for it",
                        undelivered,
                        receiver.id());
            room.isFull = isFull;
        }
        if (room.left == 0) return false;
        room.left--;
        return true;
    }

    private void leaveOut(long webhook, int events) {
        jdbc.sql("update webhooks set left_out = left_out + :events, left_out_at = :now where id = :id")
                .param("events", events)
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("id", webhook)
                .update();
    }

    private List<Receiver> receivers() {
        return jdbc.sql("select id, events, from_seq from webhooks")
                .query((row, n) -> new Receiver(
                        row.getLong("id"),
                        Set.of((String[]) row.getArray("events").getArray()),
                        row.getLong("from_seq")))
                .list();
    }

    private static Sql wanted(Batch batch, List<Receiver> receivers) {
        var words = new HashSet<String>();
        receivers.forEach(receiver -> words.addAll(receiver.events()));
        var sql = Sql.of("""
                select seq, occurred_at, received_at, type, name, customer_id, source_id, message_id, properties
                from events where seq between ? and ? and import_id is null
                """, batch.fromSeq(), batch.toSeq());
        if (!words.contains(ALL)) {
            var kinds = new ArrayList<Sql>();
            for (var word : words)
                kinds.add(
                        TYPES.contains(word)
                                ? Sql.of("type = ?", word)
                                : Sql.of("type = ? and name = ?", EventType.TRACK.code(), word));
            sql = sql.then("and (").then(Sql.join(" or ", kinds)).then(")");
        }
        return sql.then("order by seq");
    }

    private Body body(Event event) {
        return new Body(
                event.type().code(),
                event.occurredAt(),
                new Data(
                        event.seq(),
                        event.customer().toString(),
                        event.name(),
                        sourceNames.computeIfAbsent(
                                event.source(), id -> sources.get(id).name()),
                        event.messageId(),
                        event.receivedAt(),
                        event.properties() == null ? json.createObjectNode() : json.readTree(event.properties())));
    }
}
