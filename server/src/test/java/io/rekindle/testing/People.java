package io.rekindle.testing;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes events of people as the log holds them, in batches of their own, to hand to a tail. */
public final class People {
    private static final int A_SOURCE = 3;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    // Far above the places of events a test sends through the door.
    private static final AtomicLong SEQ = new AtomicLong(1_000_000_000L);

    private final Identifiers identifiers;

    public People(Identifiers identifiers) {
        this.identifiers = identifiers;
    }

    public CustomerId id(Identifier.Type type, String value) {
        return identifiers.of(type, value).orElseThrow().id();
    }

    public Events batch() {
        return new Events();
    }

    /** A batch in the making: {@link #identify} or {@link #track} begins an event, the other calls fill it. */
    public final class Events {
        private final List<LoggedEvent> events = new ArrayList<>();
        private @Nullable Draft draft;

        public Events identify() {
            return begin(EventType.IDENTIFY, null);
        }

        public Events track(String name) {
            return begin(EventType.TRACK, name);
        }

        /** The event carries this identifier, and its value as a personal field. */
        public Events by(Identifier.Type type, String value) {
            draft().identifiers.add(People.this.identifiers.of(type, value).orElseThrow());
            switch (type) {
                case USER_ID -> personal("userId", value);
                case EMAIL, PHONE -> personal(prefix() + type.code(), value);
                case WECHAT_UNIONID, WECHAT_OPENID, MEMBERSHIP_CARD -> personal(prefix() + type.code(), value);
                case CUSTOM, DEVICE_ID, ANONYMOUS_ID -> {}
            }
            return this;
        }

        public Events personal(String path, String value) {
            draft().personal.put(path, value);
            return this;
        }

        public Events with(String property, String value) {
            draft().properties.put(property, value);
            return this;
        }

        /** The whole properties or traits object. */
        public Events withJson(String json) {
            draft().properties.setAll((ObjectNode) JSON.readTree(json));
            return this;
        }

        /** From a source of the company unless said. */
        public Events ofSource(int id) {
            draft().source = id;
            return this;
        }

        public Events at(String instant) {
            draft().at = Instant.parse(instant);
            return this;
        }

        public Tail.Batch end() {
            close();
            long from = events.getFirst().seq();
            return new Tail.Batch("test", from, events.getLast().seq(), events);
        }

        private Events begin(EventType type, @Nullable String name) {
            close();
            draft = new Draft(type, name);
            return this;
        }

        private String prefix() {
            return draft().type == EventType.IDENTIFY ? "traits." : "properties.";
        }

        private Draft draft() {
            if (draft == null) throw new IllegalStateException("begin with identify() or track()");
            return draft;
        }

        private void close() {
            if (draft == null) return;
            events.add(draft.event());
            draft = null;
        }
    }

    private static final class Draft {
        private final EventType type;
        private final @Nullable String name;
        private final List<Identifier> identifiers = new ArrayList<>();
        private final Map<String, String> personal = new HashMap<>();
        private final ObjectNode properties = JSON.createObjectNode();
        private int source = A_SOURCE;
        private Instant at = Instant.parse("2026-02-01T10:00:00Z");

        Draft(EventType type, @Nullable String name) {
            this.type = type;
            this.name = name;
        }

        LoggedEvent event() {
            long seq = SEQ.incrementAndGet();
            var strongestFirst = identifiers.stream()
                    .sorted(Comparator.comparing(Identifier::type))
                    .toList();
            return new LoggedEvent(
                    seq,
                    Instant.parse("2026-03-01T09:00:00Z"),
                    at,
                    source,
                    null,
                    type,
                    name,
                    strongestFirst.getFirst().id(),
                    strongestFirst,
                    "test-" + seq,
                    null,
                    properties,
                    personal);
        }
    }
}
