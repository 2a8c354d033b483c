package io.rekindle.collect.intake;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Sources.Source;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.Withdrawals;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.PlanBreach;
import io.rekindle.collect.log.QuarantinedItem;
import io.rekindle.collect.log.RejectedItem;
import io.rekindle.collect.log.StagedCall;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.collect.tracking.CompiledPlan;
import io.rekindle.collect.tracking.TrackingPlan;
import io.rekindle.common.Decimals;
import io.rekindle.platform.JsonMistake;
import io.rekindle.platform.Vault;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one call. The bytes are gone through once: every item's fields are picked up, and its properties copied as
 * text, while they pass by. What stands beside the items (the key, the time of sending, the shared context) may come
 * after them, so events are made when all is read.
 */
final class BatchReader {
    static final int LARGEST_ITEM = 32 * 1024;
    static final int LARGEST_BATCH = 500 * 1024;
    static final int MOST_ITEMS = 2_500;
    static final String PLAN_VIOLATION = "plan_violation";
    /** Under which items that were set aside are sealed. */
    static final String SEALED_AS = "quarantine";

    private static final int LONGEST_MESSAGE_ID = 100;
    private static final int LONGEST_NAME = 255;
    private static final BigDecimal LARGEST_AMOUNT = new BigDecimal("10000000000000");
    private static final String ORDER_COMPLETED = "Order Completed";
    /** Of which there are amounts in an order. */
    private static final Set<String> ORDERS =
            Set.of(ORDER_COMPLETED, "Order Refunded", "Order Cancelled", "Order Updated");

    private static final Pattern CURRENCY = Pattern.compile("\"\\s*([A-Za-z]{3})\\s*\"");
    private static final Pattern BELOW_ZERO = Pattern.compile(":\\s*\"?\\s*-");
    private static final Set<Identifier.Type> READ_APART =
            EnumSet.of(Identifier.Type.USER_ID, Identifier.Type.EMAIL, Identifier.Type.PHONE);
    private static final String EXTERNAL_IDS = "context.externalIds";
    private static final int MOST_EXTERNAL_IDS = 20;
    private static final Pattern EXTERNAL_KIND = Pattern.compile("[a-z][a-z0-9_.-]{0,39}");
    private static final byte[] NOT_KEPT = "{}".getBytes(StandardCharsets.UTF_8);
    /** Within the bytes of a call nothing is too long or too deep to be read: what is, is the fault of one item. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final byte[] body;
    private final int length;
    private final @Nullable EventType single;
    private final List<Item> items = new ArrayList<>();
    private @Nullable Instant sentAt;
    private @Nullable String context;
    private @Nullable Map<String, String> contextPersonal;
    private int contextFrom;
    private int contextTo;
    private JsonText.@Nullable Fault contextFault;
    private final JsonText text;

    private final boolean isLimited;

    /** @param single the call's own type; null for a batch */
    private BatchReader(byte[] body, @Nullable EventType single, PersonalFields fields, boolean isLimited) {
        this.isLimited = isLimited;
        this.body = body;
        this.length = body.length;
        this.single = single;
        this.text = new JsonText(fields);
    }

    /** What a call brought. Positions tell, for each item in its order, where it went. */
    record Staged(StagedCall call, List<ItemFate> items) {}

    enum Fate {
        TAKEN,
        REJECTED,
        QUARANTINED
    }

    /** Where one item went: the {@code index}-th of the events, or of those set aside. */
    record ItemFate(
            @Nullable String messageId,
            Fate fate,
            int index,
            @Nullable String reason,
            @Nullable String detail) {}

    /** One item as it was read. */
    private static final class Item {
        private int from;
        private int to;
        private @Nullable String reason;
        private String detail = "";
        private @Nullable String type;
        private @Nullable String userId;
        private @Nullable String anonymousId;
        private @Nullable String previousId;
        private @Nullable String groupId;
        private @Nullable String event;
        private @Nullable String name;
        private @Nullable String messageId;
        private @Nullable Instant timestamp;
        private @Nullable Instant originalTimestamp;
        private @Nullable Instant sentAt;
        private @Nullable String properties;
        private @Nullable String traits;
        private @Nullable String context;
        private @Nullable String contextTraits;
        /** Where in the body what a schema is about stands: from where, to where; equal when nowhere. */
        private int propertiesFrom;

        private int propertiesTo;
        private int traitsFrom;
        private int traitsTo;
        private int contextFrom;
        private int contextTo;
        private @Nullable PlanBreach breach;
        /** Whether it takes a permission back: no plan keeps it from being heard. */
        private boolean isWithdrawal;

        private @Nullable BigDecimal revenue;
        private @Nullable BigDecimal total;
        private @Nullable BigDecimal value;
        private @Nullable String currency;
        /** Those of an order with a number below 0 among them. */
        private @Nullable String products;

        private @Nullable Map<String, String> personal;
        /** Whether something it says was left out, because it is of somebody erased. */
        private boolean namesErased;

        void putAside(String path, String value) {
            if (personal == null) personal = new LinkedHashMap<>();
            personal.put(path, value);
        }

        void reject(String why, String words) {
            if (reason != null) return;
            reason = why;
            detail = words;
        }
    }

    /** Reads the bytes; an {@link IntakeFailure} when they are no JSON of the right shape. */
    static BatchReader read(byte[] body, @Nullable EventType single, PersonalFields fields) {
        return read(body, single, fields, true);
    }

    /** A batch of items that came within the limits before: with the shared context in each they may be larger. */
    static BatchReader readAgain(byte[] body, PersonalFields fields) {
        return read(body, null, fields, false);
    }

    private static BatchReader read(byte[] body, @Nullable EventType single, PersonalFields fields, boolean isLimited) {
        var reader = new BatchReader(body, single, fields, isLimited);
        try (var in = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (in.nextToken() != JsonToken.START_OBJECT)
                throw new IntakeFailure(400, "malformed_json", place(in), "the body must be one JSON object");
            if (single == null) reader.batch(in);
            else reader.item(in);
            if (in.nextToken() != null)
                throw new IntakeFailure(400, "malformed_json", place(in), "there is something after the JSON object");
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new IntakeFailure(
                    400,
                    "malformed_json",
                    at == null ? "" : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()),
                    "the body is not well-formed JSON: " + JsonMistake.words(e));
        }
        return reader;
    }

    /** How many items the call holds. */
    int size() {
        return items.size();
    }

    /** The key a body carries, when no header has one: looked for on its own, so that its source is known first. */
    static @Nullable String keyIn(byte[] body) {
        try (var in = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) return null;
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = in.currentName();
                in.nextToken();
                if (name.equals("writeKey")) return scalar(in);
                in.skipChildren();
            }
            return null;
        } catch (JacksonException malformed) {
            return null;
        }
    }

    private void batch(JsonParser in) {
        boolean found = false;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            var name = in.currentName();
            var token = in.nextToken();
            switch (name) {
                case "batch" -> {
                    if (token != JsonToken.START_ARRAY)
                        throw new IntakeFailure(400, "malformed_batch", place(in), "'batch' must be an array of items");
                    found = true;
                    items(in);
                }
                case "context" -> {
                    text.begin();
                    contextFrom = offset(in);
                    if (token == JsonToken.START_OBJECT) context = text.object(in, "context", false);
                    else in.skipChildren();
                    contextTo = context == null ? contextFrom : offset(in) + 1;
                    contextPersonal = text.personal();
                    contextFault = text.fault();
                }
                case "sentAt" -> sentAt = sentAt(in);
                default -> in.skipChildren();
            }
        }
        if (!found) throw new IntakeFailure(400, "malformed_batch", "", "the body has no 'batch'");
    }

    private void items(JsonParser in) {
        for (var token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            if (items.size() == MOST_ITEMS)
                throw new IntakeFailure(
                        400,
                        "too_many_items",
                        "batch[%d]".formatted(items.size()),
                        "a batch holds at most %d items; send the rest as another batch".formatted(MOST_ITEMS));
            if (token == JsonToken.START_OBJECT) {
                item(in);
            } else {
                var item = new Item();
                item.from = (int) in.currentTokenLocation().getByteOffset();
                in.skipChildren();
                item.to = (int) in.currentLocation().getByteOffset();
                item.reject("not_an_object", "the item is no JSON object");
                items.add(item);
            }
        }
    }

    private void item(JsonParser in) {
        var item = new Item();
        text.begin();
        item.from = (int) in.currentTokenLocation().getByteOffset();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            var name = in.currentName();
            in.nextToken();
            switch (name) {
                case "type" -> item.type = scalar(in);
                case "userId" -> item.userId = identifier(in, item, name);
                case "anonymousId" -> item.anonymousId = identifier(in, item, name);
                case "previousId" -> item.previousId = identifier(in, item, name);
                case "groupId" -> item.groupId = identifier(in, item, name);
                case "event" -> item.event = scalar(in);
                case "name" -> item.name = scalar(in);
                case "messageId" -> item.messageId = messageId(in, item);
                case "timestamp" -> item.timestamp = time(in, item, name);
                case "originalTimestamp" -> item.originalTimestamp = time(in, item, name);
                case "sentAt" -> item.sentAt = sentAt(in);
                case "properties" -> {
                    item.propertiesFrom = offset(in);
                    item.properties = properties(in, item);
                    item.propertiesTo = item.properties == null ? item.propertiesFrom : offset(in) + 1;
                }
                case "traits" -> {
                    item.traitsFrom = offset(in);
                    item.traits = object(in, item, name, true);
                    item.traitsTo = item.traits == null ? item.traitsFrom : offset(in) + 1;
                }
                case "context" -> {
                    item.contextFrom = offset(in);
                    context(in, item);
                    item.contextTo = item.context == null ? item.contextFrom : offset(in) + 1;
                }
                default -> in.skipChildren();
            }
        }
        item.to = (int) in.currentTokenLocation().getByteOffset() + 1;
        item.personal = text.personal();
        var fault = text.fault();
        if (fault != null) item.reject(fault.reason(), "the item cannot be read: " + fault.words());
        if (isLimited && item.to - item.from > LARGEST_ITEM)
            item.reject(
                    "item_too_large",
                    "the item has %d bytes; at most %d are taken".formatted(item.to - item.from, LARGEST_ITEM));
        items.add(item);
    }

    private static int offset(JsonParser in) {
        return (int) in.currentTokenLocation().getByteOffset();
    }

    private static @Nullable String scalar(JsonParser in) {
        return switch (in.currentToken()) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> in.getString();
            default -> {
                in.skipChildren();
                yield null;
            }
        };
    }

    private static @Nullable String identifier(JsonParser in, Item item, String field) {
        if (in.currentToken().isStructStart()) item.reject("bad_identifier", "'%s' must be a string".formatted(field));
        return scalar(in);
    }

    private static @Nullable String messageId(JsonParser in, Item item) {
        if (in.currentToken() == JsonToken.VALUE_NULL) return null;
        var id = scalar(in);
        if (id == null) item.reject("bad_message_id", "'messageId' must be a string");
        else if (id.length() > LONGEST_MESSAGE_ID)
            item.reject(
                    "bad_message_id",
                    "'messageId' has %d characters; at most %d are taken".formatted(id.length(), LONGEST_MESSAGE_ID));
        else if (hasControls(id)) item.reject("bad_message_id", "'messageId' has control characters in it");
        return id;
    }

    private static @Nullable Instant time(JsonParser in, Item item, String field) {
        if (in.currentToken() == JsonToken.VALUE_NULL) return null;
        var given = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : null;
        var at = given == null ? null : EventTime.parse(given);
        if (at == null) {
            item.reject(
                    "bad_timestamp",
                    "'%s' is no ISO 8601 time since 1970, such as 2026-03-01T09:00:00Z".formatted(field));
            in.skipChildren();
        }
        return at;
    }

    /** A time of sending that cannot be read is as good as none: then the event's own time stands. */
    private static @Nullable Instant sentAt(JsonParser in) {
        var given = scalar(in);
        return given == null ? null : EventTime.parse(given);
    }

    private @Nullable String object(JsonParser in, Item item, String field, boolean isTraits) {
        if (in.currentToken() == JsonToken.START_OBJECT) return text.object(in, field, isTraits);
        if (in.currentToken() != JsonToken.VALUE_NULL)
            item.reject("bad_" + field, "'%s' must be a JSON object".formatted(field));
        in.skipChildren();
        return null;
    }

    private @Nullable String properties(JsonParser in, Item item) {
        if (in.currentToken() != JsonToken.START_OBJECT) return object(in, item, "properties", false);
        return text.object(in, "properties", false, (name, from, to) -> {
            switch (name) {
                case "revenue" -> item.revenue = amount(from, to, item, name);
                case "total" -> item.total = amount(from, to, item, name);
                case "value" -> item.value = amount(from, to, item, name);
                case "currency" -> item.currency = currency(from, to);
                case "products" -> {
                    var written = text.written(from, to);
                    if (BELOW_ZERO.matcher(written).find()) item.products = written;
                }
                default -> {}
            }
        });
    }

    private @Nullable BigDecimal amount(int from, int to, Item item, String field) {
        var written = text.written(from, to);
        if (written.startsWith("\""))
            written = written.substring(1, written.length() - 1).strip();
        if (written.isEmpty() || written.length() > 40 || "-0123456789.".indexOf(written.charAt(0)) < 0) return null;
        BigDecimal amount;
        try {
            amount = Decimals.bounded(new BigDecimal(written));
        } catch (NumberFormatException noNumber) {
            return null;
        }
        if (amount != null && amount.abs().compareTo(LARGEST_AMOUNT) < 0) return amount;
        item.reject("bad_amount", "'properties.%s' is beyond ±10,000,000,000,000".formatted(field));
        return null;
    }

    /** What is no code of three letters says nothing about the amounts. */
    private @Nullable String currency(int from, int to) {
        if (to - from > 20) return null;
        var written = text.written(from, to);
        var code = CURRENCY.matcher(written);
        return code.matches() ? code.group(1).toUpperCase(Locale.ROOT) : null;
    }

    private void context(JsonParser in, Item item) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            object(in, item, "context", false);
            return;
        }
        item.context = text.object(in, "context", false, (name, from, to) -> {
            if (name.equals("traits")) item.contextTraits = text.written(from, to);
        });
    }

    /**
     * Makes events, rejected items and items set aside of what was read.
     *
     * @param plan what the source's items are held against; null when against nothing
     * @param currency of the installation's amounts: orders in another are rejected, and of other events the amount is
     *     not read
     */
    Staged stage(
            Source source,
            @Nullable CompiledPlan plan,
            Instant receivedAt,
            Identifiers identifiers,
            CommitLog log,
            Vault vault,
            Tombstones tombstones,
            String currency) {
        var events = new ArrayList<StagedEvent>(items.size());
        var rejected = new ArrayList<RejectedItem>();
        var quarantined = new ArrayList<QuarantinedItem>();
        var breaches = new HashMap<Integer, PlanBreach>();
        var fates = new ArrayList<ItemFate>(items.size());
        for (var item : items) {
            if (contextFault != null)
                item.reject(contextFault.reason(), "the context of the batch cannot be read: " + contextFault.words());
            if (isLimited) requireWithContext(item);
            var event = item.reason == null
                    ? event(item, source, receivedAt, identifiers, log, vault, tombstones, currency)
                    : null;
            if (event != null && plan != null) check(item, event, plan);
            // Set aside it would be kept as it came, with whoever it names.
            if (event != null && item.breach != null && item.namesErased && isSetAside(item, plan))
                item.reject(PLAN_VIOLATION, words(item.breach));
            boolean own = item.messageId != null && !item.messageId.isBlank();
            if (event == null || item.reason != null) {
                rejected.add(rejected(item, source, receivedAt, vault, tombstones));
                fates.add(new ItemFate(item.messageId, Fate.REJECTED, -1, item.reason, item.detail));
            } else if (item.breach != null && isSetAside(item, plan)) {
                var words = words(item.breach);
                fates.add(new ItemFate(
                        own ? item.messageId : event.messageId(),
                        Fate.QUARANTINED,
                        quarantined.size(),
                        PLAN_VIOLATION,
                        words));
                quarantined.add(setAside(item, event, item.breach, vault));
            } else {
                if (item.breach != null) breaches.put(events.size(), item.breach);
                fates.add(
                        new ItemFate(own ? item.messageId : event.messageId(), Fate.TAKEN, events.size(), null, null));
                events.add(event);
            }
        }
        return new Staged(new StagedCall(events, rejected, quarantined, breaches), fates);
    }

    /** The batch's context stands in each of its items: else a small call could become a large history. */
    private void requireWithContext(Item item) {
        int shared = contextTo - contextFrom;
        int own = item.to - item.from;
        if (shared > 0 && own + shared > LARGEST_ITEM)
            item.reject(
                    "context_too_large",
                    "the item has %d bytes with the context of its batch, which has %d; at most %d are taken"
                            .formatted(own + shared, shared, LARGEST_ITEM));
    }

    private static boolean isSetAside(Item item, @Nullable CompiledPlan plan) {
        return plan != null && plan.mode() == TrackingPlan.Mode.QUARANTINE && !item.isWithdrawal;
    }

    private void check(Item item, StagedEvent event, CompiledPlan plan) {
        var type = event.type();
        boolean ofTraits = type == EventType.IDENTIFY || type == EventType.GROUP;
        var name = type == EventType.TRACK
                ? item.event
                : type == EventType.PAGE || type == EventType.SCREEN ? item.name : null;
        int from = ofTraits ? item.traitsFrom : item.propertiesFrom;
        int to = ofTraits ? item.traitsTo : item.propertiesTo;
        var asked = name == null || name.isBlank() ? null : name.strip();
        // RudderStack's clients send a person's traits within the context.
        var rules = ofTraits && item.traits == null && item.contextTraits != null
                ? plan.broken(
                        type,
                        asked,
                        MAPPER.readTree(body, item.contextFrom, item.contextTo - item.contextFrom)
                                .path("traits"))
                : plan.broken(type, asked, body, from, to);
        if (rules.isEmpty()) return;
        item.breach = new PlanBreach(plan.version(), type.code(), event.name(), rules);
        item.isWithdrawal = isWithdrawal(item, event);
        if (plan.mode() == TrackingPlan.Mode.REJECT && !item.isWithdrawal)
            item.reject(PLAN_VIOLATION, words(item.breach));
    }

    private static boolean isWithdrawal(Item item, StagedEvent event) {
        var said = event.properties();
        var personal = item.personal;
        return Withdrawals.isOne(
                event.type(),
                event.name(),
                said == null ? MAPPER.createObjectNode() : MAPPER.readTree(said),
                personal == null ? Map.of() : underTheirNames(personal, item, event.type()));
    }

    private static String words(PlanBreach breach) {
        return "the item breaks version %d of the tracking plan: %s"
                .formatted(breach.planVersion(), String.join("; ", breach.rules()));
    }

    private RejectedItem rejected(Item item, Source source, Instant receivedAt, Vault vault, Tombstones tombstones) {
        var bytes = bytes(item);
        // Of who was erased nothing is kept, not even what could not be used for another reason.
        boolean isKept = !Tombstones.REFUSED.equals(item.reason)
                && !tombstones.areNamedIn(new String(bytes, StandardCharsets.UTF_8));
        return new RejectedItem(
                source.id(),
                vault.keyedHash("rejected", new String(bytes, StandardCharsets.UTF_8)),
                String.valueOf(item.reason),
                item.detail,
                receivedAt,
                vault.seal("rejected", isKept ? bytes : NOT_KEPT),
                item.breach);
    }

    private byte[] bytes(Item item) {
        int from = Math.max(0, item.from);
        int to = Math.min(length, item.to);
        return from < to ? Arrays.copyOfRange(body, from, to) : body.clone();
    }

    /** All that is needed to take it in later, whatever the call around it was. */
    private QuarantinedItem setAside(Item item, StagedEvent event, PlanBreach breach, Vault vault) {
        var kept = MAPPER.createObjectNode()
                .put("type", event.type().code())
                .put(
                        "messageId",
                        item.messageId == null || item.messageId.isBlank() ? event.messageId() : item.messageId)
                .put("occurredAt", event.occurredAt().toString())
                .put("item", new String(bytes(item), StandardCharsets.UTF_8));
        if (contextFrom < contextTo)
            kept.put("context", new String(body, contextFrom, contextTo - contextFrom, StandardCharsets.UTF_8));
        return new QuarantinedItem(
                event.fingerprint(),
                event.sourceId(),
                event.messageId(),
                breach,
                event.identifiers().stream().map(one -> one.id().value()).toList(),
                event.occurredAt(),
                event.receivedAt(),
                vault.seal(SEALED_AS, MAPPER.writeValueAsBytes(kept)));
    }

    private @Nullable StagedEvent event(
            Item item,
            Source source,
            Instant receivedAt,
            Identifiers identifiers,
            CommitLog log,
            Vault vault,
            Tombstones tombstones,
            String currency) {
        var type = type(item);
        if (type == null) return null;
        if (!source.rules().allows(type)) {
            item.reject("type_not_allowed", "this source does not take '%s' calls".formatted(type.code()));
            return null;
        }
        if (contextPersonal != null) addShared(item, contextPersonal);
        var name = name(item, type);
        boolean foreign = item.currency != null && !item.currency.equals(currency);
        if (foreign && type == EventType.TRACK && name != null && ORDERS.contains(name))
            item.reject(
                    "other_currency",
                    "the order is in %s, and amounts here are in %s: send it converted"
                            .formatted(item.currency, currency));
        if (type == EventType.TRACK && ORDER_COMPLETED.equals(name)) requireTotal(item);
        if (item.reason != null) return null;
        var at = EventTime.of(
                item.timestamp, item.originalTimestamp, item.sentAt != null ? item.sentAt : sentAt, receivedAt);
        var carried = identifiers(item, type, identifiers);
        var found = tombstones.judge(
                carried,
                type == EventType.TRACK ? name : null,
                at,
                source.name().equals(Sources.IMPORT));
        var properties = properties(item, type, vault);
        var around = merged(item.context);
        if (found.size() < carried.size()) item.namesErased = true;
        if (item.namesErased
                && (found.isEmpty() || !withoutErased(item, identifiers, tombstones, properties, around, name))) {
            item.reject(
                    Tombstones.REFUSED,
                    "the person was erased; nothing of this item was kept. Who wants to be a customer again signs up anew");
            return null;
        }
        if (found.isEmpty()) {
            item.reject(
                    "no_identifier", "the item has no userId, anonymousId, e-mail or phone that stands for anybody");
            return null;
        }
        var messageId = item.messageId == null || item.messageId.isBlank()
                ? "server-" + UUID.randomUUID()
                : nobodys(item.messageId, vault);
        long customer = found.getFirst().id().value();
        boolean newUser = found.getFirst().type() == Identifier.Type.USER_ID && !log.knowsUser(customer);
        if (newUser && item.userId != null) item.putAside("userId", item.userId.strip());
        return new StagedEvent(
                log.fingerprint(source.id(), messageId),
                receivedAt,
                at,
                source.id(),
                null,
                type,
                name,
                customer,
                found,
                messageId,
                foreign ? null : item.revenue != null ? item.revenue : item.total != null ? item.total : item.value,
                properties,
                around,
                item.personal == null
                        ? null
                        : vault.sealFor(
                                customer,
                                "intake",
                                JsonText.ofStrings(underTheirNames(item.personal, item, type))
                                        .getBytes(StandardCharsets.UTF_8)),
                newUser);
    }

    /** Takes out what names somebody erased; false when it also stands in what is kept in clear. */
    private static boolean withoutErased(
            Item item, Identifiers identifiers, Tombstones tombstones, @Nullable String... inClear) {
        if (item.personal != null) {
            item.personal.entrySet().removeIf(one -> {
                if (tombstones.areNamedIn(one.getValue())) return true;
                var others = new ArrayList<Identifier>();
                others(others, identifiers, Map.of(one.getKey(), one.getValue()));
                return others.stream().anyMatch(tombstones::isErased);
            });
            if (item.personal.isEmpty()) item.personal = null;
        }
        for (var text : inClear) if (text != null && tombstones.areNamedIn(text)) return false;
        return true;
    }

    private static void requireTotal(Item item) {
        var total = item.total != null ? item.total : item.revenue != null ? item.revenue : item.value;
        var sum = item.products == null ? null : sum(MAPPER.readTree(item.products));
        var negative = total != null && total.signum() < 0 ? total : sum != null && sum.signum() < 0 ? sum : null;
        if (negative != null)
            item.reject(
                    "negative_total",
                    "the order comes to %s: what takes back is an Order Refunded or an Order Cancelled"
                            .formatted(negative.toPlainString()));
    }

    /** What products come to; null when not all of them have a price. */
    private static @Nullable BigDecimal sum(JsonNode products) {
        var sum = BigDecimal.ZERO;
        for (var product : products) {
            var price = number(product.path("price"));
            var quantity = number(product.path("quantity"));
            if (price == null) return null;
            sum = sum.add(quantity == null ? price : price.multiply(quantity));
        }
        return sum;
    }

    private static @Nullable BigDecimal number(JsonNode node) {
        var written = node.isNumber() || node.isString() ? node.asString().strip() : "";
        var value = written.length() < 40 ? Decimals.read(written) : null;
        return value == null || value.abs().compareTo(LARGEST_AMOUNT) >= 0 ? null : value;
    }

    private static void addShared(Item item, Map<String, String> shared) {
        if (item.personal == null) item.personal = new LinkedHashMap<>(shared);
        else shared.forEach(item.personal::putIfAbsent);
    }

    /** RudderStack's clients send a person's traits within the context: then they are the traits. */
    private static Map<String, String> underTheirNames(Map<String, String> personal, Item item, EventType type) {
        if (type != EventType.IDENTIFY || item.traits != null || item.contextTraits == null) return personal;
        var renamed = new LinkedHashMap<String, String>();
        personal.forEach((path, value) ->
                renamed.put(path.startsWith("context.traits.") ? path.substring("context.".length()) : path, value));
        return renamed;
    }

    private @Nullable EventType type(Item item) {
        if (single != null) return single;
        if (item.type != null) {
            for (var type : EventType.values()) if (type.code().equals(item.type)) return type;
        }
        item.reject("unknown_type", "'type' must be one of identify, track, page, screen, group, alias");
        return null;
    }

    private static @Nullable String name(Item item, EventType type) {
        var name = switch (type) {
            case TRACK -> item.event;
            case PAGE, SCREEN -> item.name;
            case IDENTIFY, GROUP, ALIAS -> null;
        };
        if (name == null || name.isBlank()) {
            if (type == EventType.TRACK) item.reject("no_event_name", "a track call needs the event's name in 'event'");
            return null;
        }
        if (name.length() > LONGEST_NAME || hasControls(name))
            item.reject(
                    "bad_event_name",
                    "the event's name is longer than %d characters or has control characters".formatted(LONGEST_NAME));
        var redacted = PersonalText.redacted(name.strip(), PersonalText.Kind.FREE);
        if (!redacted.equals(name.strip())) item.putAside(type == EventType.TRACK ? "event" : "name", name.strip());
        return redacted;
    }

    /** An id the history can hold: one with an address or a number for a telephone in it is kept as its keyed hash. */
    private static String nobodys(String id, Vault vault) {
        if (!PersonalText.isIn(id, PersonalText.Kind.REFERENCE)) return id;
        return "hashed-%016x%016x".formatted(vault.keyedHash("id", id), vault.keyedHash("id again", id));
    }

    private static List<Identifier> identifiers(Item item, EventType type, Identifiers identifiers) {
        var found = new ArrayList<Identifier>(3);
        add(found, identifiers, Identifier.Type.USER_ID, item.userId);
        add(found, identifiers, Identifier.Type.EMAIL, personal(item, "email"));
        add(found, identifiers, Identifier.Type.PHONE, personal(item, "phone"));
        if (item.personal != null) others(found, identifiers, item.personal);
        add(found, identifiers, Identifier.Type.ANONYMOUS_ID, item.anonymousId);
        if (type == EventType.ALIAS) add(found, identifiers, Identifier.Type.ANONYMOUS_ID, item.previousId);
        return found;
    }

    /** Identifiers of other types: traits of their names, the device of an app, and {@code context.externalIds}. */
    private static void others(List<Identifier> found, Identifiers identifiers, Map<String, String> personal) {
        Map<Identifier.Type, List<String>> more = new EnumMap<>(Identifier.Type.class);
        personal.forEach((path, value) -> {
            if (path.equals(EXTERNAL_IDS)) externalIds(value, more);
            var type = typeAt(path);
            if (type != null) more.computeIfAbsent(type, t -> new ArrayList<>()).add(value);
        });
        // The strongest first.
        more.forEach((type, values) -> {
            if (!READ_APART.contains(type)) for (var value : values) add(found, identifiers, type, value);
        });
    }

    private static Identifier.@Nullable Type typeAt(String path) {
        if (path.equals("context.device.id")) return Identifier.Type.DEVICE_ID;
        if (path.startsWith("traits.")) return Identifier.Type.named(path.substring("traits.".length()));
        return path.startsWith("context.traits.")
                ? Identifier.Type.named(path.substring("context.traits.".length()))
                : null;
    }

    /** Of the form {@code [{"type": "till", "id": "4711"}]}; a kind that is no type of ours is one of the company's own. */
    private static void externalIds(String written, Map<Identifier.Type, List<String>> into) {
        JsonNode ids;
        try {
            ids = MAPPER.readTree(written);
        } catch (JacksonException noJson) {
            return;
        }
        int taken = 0;
        for (var one : ids) {
            var kind = one.path("type").asString("").strip().toLowerCase(Locale.ROOT);
            var id = one.path("id").asString("").strip();
            if (id.isEmpty() || !EXTERNAL_KIND.matcher(kind).matches() || taken++ == MOST_EXTERNAL_IDS) continue;
            var type = Identifier.Type.named(kind);
            into.computeIfAbsent(type == null ? Identifier.Type.CUSTOM : type, t -> new ArrayList<>())
                    .add(type == null ? kind + ":" + id : id);
        }
    }

    private static @Nullable String personal(Item item, String field) {
        if (item.personal == null) return null;
        var trait = item.personal.get("traits." + field);
        return trait != null ? trait : item.personal.get("context.traits." + field);
    }

    private static void add(
            List<Identifier> found, Identifiers identifiers, Identifier.Type type, @Nullable String value) {
        if (value == null) return;
        Optional<Identifier> identifier = identifiers.of(type, value);
        if (identifier.isPresent() && !found.contains(identifier.get())) found.add(identifier.get());
    }

    private static @Nullable String properties(Item item, EventType type, Vault vault) {
        var given = switch (type) {
            case TRACK, PAGE, SCREEN, ALIAS -> item.properties;
            case IDENTIFY -> item.traits != null ? item.traits : item.contextTraits;
            case GROUP -> group(item, vault);
        };
        return given == null || given.equals("{}") ? null : given;
    }

    private static @Nullable String group(Item item, Vault vault) {
        if (item.groupId == null) return item.traits;
        var group = item.traits == null ? MAPPER.createObjectNode() : (ObjectNode) MAPPER.readTree(item.traits);
        return MAPPER.writeValueAsString(group.put("groupId", nobodys(item.groupId, vault)));
    }

    /** The item's context over the batch's: of a field both have, the item's stands. */
    private @Nullable String merged(@Nullable String own) {
        if (context == null || context.equals("{}")) return own == null || own.equals("{}") ? null : own;
        if (own == null || own.equals("{}")) return context;
        var both = (ObjectNode) MAPPER.readTree(context);
        both.setAll((ObjectNode) MAPPER.readTree(own));
        return MAPPER.writeValueAsString(both);
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) if (Character.isISOControl(text.charAt(i))) return true;
        return false;
    }

    private static String place(JsonParser in) {
        var at = in.currentTokenLocation();
        return "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    }
}
