package io.rekindle.consent;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Regrouping;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Hears what customers say about being written to: {@code traits.consent.<channel>} of an identify call, a boolean or an
 * object of {@code granted}, {@code topics.<topic>} (booleans) and what shows it: {@code wording} ({@code newsletter@3}),
 * {@code language}, {@code source} (where it was said) and {@code proof} (in words; kept sealed), which may also stand in
 * {@code traits.consent} for all channels; the events
 * {@code Subscribed} (with a {@code channel}, perhaps {@code topic}, {@code wording} and {@code language}) and
 * {@code Unsubscribed} (with {@code channel} and {@code topic}), {@code Email Bounced} with a {@code bounce_type} of
 * {@code hard} or {@code permanent}, and {@code Email Marked as Spam}. The address of the last three is the property {@code address_hash} (the decimal hash), else
 * the e-mail address the event was identified by, else the one the customer has now.
 */
@Component
class ConsentTail implements Tail {
    private static final int REGROUPINGS_AT_ONCE = 10_000;
    private static final int LONGEST_PLACE = 200;
    private static final String UNSUBSCRIBED = "Unsubscribed";
    private static final String SUBSCRIBED = "Subscribed";
    private static final String SPAM = "Email Marked as Spam";
    private static final String BOUNCED = "Email Bounced";
    private static final Set<String> FOR_GOOD = Set.of("hard", "permanent");

    private final ConsentStore store;
    private final Identities identities;
    private final Warehouse warehouse;
    private final Confirmations confirmations;

    ConsentTail(ConsentStore store, Identities identities, Warehouse warehouse, Confirmations confirmations) {
        this.store = store;
        this.identities = identities;
        this.warehouse = warehouse;
        this.confirmations = confirmations;
    }

    @Override
    public String name() {
        return "consent";
    }

    @Override
    public List<String> after() {
        return List.of("identity", "profile");
    }

    @Override
    public Interest interest() {
        return new Interest(
                Set.of(EventType.IDENTIFY),
                Set.of(UNSUBSCRIBED, SUBSCRIBED, SPAM, BOUNCED),
                confirmations.mayBeNeeded() ? Set.of(Identifier.Type.EMAIL) : Set.of());
    }

    @Override
    public boolean wantsPersonalFields() {
        return true;
    }

    /** Proofs are set aside as personal. */
    @Override
    public boolean wantsPersonalFieldsOf(LoggedEvent event) {
        return event.type() == EventType.IDENTIFY && matters(event);
    }

    @Override
    public void process(Batch batch) {
        var regrouped = takeRegroupings();
        boolean toConfirm = confirmations.mayBeNeeded();
        hear(batch, toConfirm);
        if (toConfirm) askAtNewAddresses(batch, regrouped);
    }

    private void hear(Batch batch, boolean toConfirm) {
        var relevant = batch.events().stream().filter(ConsentTail::matters).toList();
        if (relevant.isEmpty()) return;
        var customers = identities.canonical(
                relevant.stream().map(LoggedEvent::customer).distinct().toList());
        var changes = new ArrayList<ConsentStore.Change>();
        var refused = new ArrayList<LoggedEvent>();
        for (var event : relevant) {
            var customer = customers.getOrDefault(event.customer(), event.customer());
            if (event.type() == EventType.IDENTIFY) changes.addAll(statements(event, customer, toConfirm));
            else if (UNSUBSCRIBED.equals(event.name())) changes.add(withdrawal(event, customer));
            else if (SUBSCRIBED.equals(event.name())) changes.add(agreement(event, customer, toConfirm));
            else refused.add(event);
        }
        suppress(refused, customers);
        var unconfirmed = new ArrayList<ConsentStore.Unconfirmed>();
        append(batch, store.apply(changes, off(relevant, customers), unconfirmed));
        for (var yes : unconfirmed) ask(yes);
    }

    /** An address comes with an event of whatever type, or with another identity. */
    private void askAtNewAddresses(Batch batch, Set<CustomerId> regrouped) {
        var said = new HashMap<CustomerId, CustomerId>();
        var come = batch.events().stream()
                .filter(event -> event.identifiers().stream().anyMatch(one -> one.type() == Identifier.Type.EMAIL))
                .map(LoggedEvent::customer)
                .toList();
        identities.canonical(regrouped).values().forEach(customer -> said.put(customer, customer));
        identities.canonical(come).forEach((identity, customer) -> said.put(customer, identity));
        confirmations.askAtNewAddresses(said);
    }

    private void ask(ConsentStore.Unconfirmed yes) {
        var change = yes.change();
        if (yes.agreed() && !confirmations.isElsewhere(change.about().customer())) return;
        var about = change.about();
        var declaration = new Declaration(
                about.purpose(),
                about.channel(),
                about.topic().isEmpty() ? null : about.topic(),
                true,
                change.source(),
                change.shown().wording(),
                change.shown().language(),
                change.shown().proof());
        confirmations.askOfWhatWasHeard(change.identity(), declaration, yes.repeated());
    }

    private static boolean matters(LoggedEvent event) {
        if (event.type() == EventType.IDENTIFY)
            return event.properties().path("consent").isObject();
        var name = event.name();
        if (event.type() != EventType.TRACK || name == null) return false;
        return switch (name) {
            case UNSUBSCRIBED, SPAM -> true;
            // Shops use the word for other things, too: it says yes only to a channel it names.
            case SUBSCRIBED ->
                Consents.isWord(event.properties().path("channel").asString(""));
            case BOUNCED ->
                FOR_GOOD.contains(
                        event.properties().path("bounce_type").asString("").toLowerCase(java.util.Locale.ROOT));
            default -> false;
        };
    }

    private List<ConsentStore.Change> statements(LoggedEvent event, CustomerId customer, boolean toConfirm) {
        var changes = new ArrayList<ConsentStore.Change>();
        for (var channel : event.properties().path("consent").properties()) {
            if (!Consents.isWord(channel.getKey())) continue;
            var said = channel.getValue();
            if (said.isBoolean()) changes.add(statement(event, customer, toConfirm, channel.getKey(), "", said));
            if (said.path("granted").isBoolean())
                changes.add(statement(event, customer, toConfirm, channel.getKey(), "", said.path("granted")));
            for (var topic : said.path("topics").properties())
                if (topic.getValue().isBoolean() && Consents.isWord(topic.getKey()))
                    changes.add(
                            statement(event, customer, toConfirm, channel.getKey(), topic.getKey(), topic.getValue()));
        }
        return changes;
    }

    private ConsentStore.Change statement(
            LoggedEvent event, CustomerId customer, boolean toConfirm, String channel, String topic, JsonNode granted) {
        var about = new ConsentStore.About(customer, Permissions.MARKETING, channel, topic);
        return new ConsentStore.Change(
                about,
                event.customer(),
                granted.booleanValue(),
                source(event.sourceId()),
                event.occurredAt(),
                event.seq(),
                ConsentStore.Manner.STATEMENT,
                0,
                shown(event, channel),
                toConfirm && granted.booleanValue() && confirmations.isNeeded(customer, channel));
    }

    /** As whose word a statement is remembered. */
    static String source(int id) {
        return "source " + id;
    }

    /** What is said of one channel, else of all of them. */
    private static ConsentStore.Shown shown(LoggedEvent event, String channel) {
        var consent = event.properties().path("consent");
        var wording = text(consent, channel, "wording");
        var language = text(consent, channel, "language");
        var proof = event.personal().get("traits.consent.%s.proof".formatted(channel));
        if (proof == null) proof = event.personal().get("traits.consent.proof");
        return new ConsentStore.Shown(
                Wordings.isReference(wording) ? wording : null,
                language.matches("[a-z]{2}") ? language : null,
                storable(text(consent, channel, "source"), LONGEST_PLACE),
                proof == null ? null : storable(proof, Consents.LONGEST_PROOF));
    }

    private static String text(JsonNode consent, String channel, String field) {
        return consent.path(channel).path(field).asString(consent.path(field).asString(""));
    }

    /** What a client sends may hold what PostgreSQL does not. */
    private static @Nullable String storable(String text, int most) {
        var clean = text.codePoints()
                .filter(c -> c != 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE))
                .limit(most)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return clean.isEmpty() ? null : clean;
    }

    private static ConsentStore.Change withdrawal(LoggedEvent event, CustomerId customer) {
        return new ConsentStore.Change(
                about(event, customer),
                event.customer(),
                false,
                "event Unsubscribed",
                event.occurredAt(),
                event.seq(),
                ConsentStore.Manner.ACT);
    }

    private ConsentStore.Change agreement(LoggedEvent event, CustomerId customer, boolean toConfirm) {
        var about = about(event, customer);
        var wording = event.properties().path("wording").asString("");
        var language = event.properties().path("language").asString("");
        return new ConsentStore.Change(
                about,
                event.customer(),
                true,
                "event Subscribed",
                event.occurredAt(),
                event.seq(),
                ConsentStore.Manner.ACT,
                0,
                new ConsentStore.Shown(
                        Wordings.isReference(wording) ? wording : null,
                        language.matches("[a-z]{2}") ? language : null,
                        null,
                        null),
                toConfirm && confirmations.isNeeded(customer, about.channel()));
    }

    private static ConsentStore.About about(LoggedEvent event, CustomerId customer) {
        return new ConsentStore.About(
                customer,
                word(event, "purpose", Permissions.MARKETING),
                word(event, "channel", Permissions.EMAIL),
                word(event, "topic", ""));
    }

    private static String word(LoggedEvent event, String property, String otherwise) {
        var given = event.properties().path(property).asString("");
        return Consents.isWord(given) ? given : otherwise;
    }

    /**
     * Who unsubscribes wants nothing more at the address, even where the shop takes it for somebody else's too. What is not
     * marketing is withdrawn and no more: the list holds for all of a channel.
     */
    private List<ConsentStore.Off> off(List<LoggedEvent> events, Map<CustomerId, CustomerId> customers) {
        var off = new ArrayList<ConsentStore.Off>();
        var current = new HashMap<String, Map<CustomerId, Long>>();
        for (var event : events) {
            if (!UNSUBSCRIBED.equals(event.name())) continue;
            var customer = customers.getOrDefault(event.customer(), event.customer());
            var about = about(event, customer);
            if (!about.purpose().equals(Permissions.MARKETING)) continue;
            var address = about.channel().equals(Permissions.EMAIL) ? event.emailAddress() : null;
            if (address == null)
                address = current.computeIfAbsent(
                                about.channel(), channel -> store.addresses(new HashSet<>(customers.values()), channel))
                        .get(customer);
            if (address != null)
                off.add(new ConsentStore.Off(about, address, "event Unsubscribed", event.occurredAt()));
        }
        return off;
    }

    private void suppress(List<LoggedEvent> events, Map<CustomerId, CustomerId> customers) {
        var current = store.addresses(new HashSet<>(customers.values()), Permissions.EMAIL);
        var suppressions = new ArrayList<Suppression>();
        for (var event : events) {
            var address = event.emailAddress();
            if (address == null) address = current.get(customers.getOrDefault(event.customer(), event.customer()));
            if (address == null) continue;
            boolean bounced = BOUNCED.equals(event.name());
            suppressions.add(new Suppression(
                    Permissions.EMAIL,
                    address,
                    bounced ? Suppression.Reason.HARD_BOUNCE : Suppression.Reason.COMPLAINT,
                    "event " + event.name(),
                    event.occurredAt(),
                    null,
                    null));
        }
        store.suppress(suppressions);
    }

    /** @return who they were about */
    private Set<CustomerId> takeRegroupings() {
        var about = new HashSet<CustomerId>();
        while (true) {
            var some = identities.regroupingsAfter(store.lastMerge(), REGROUPINGS_AT_ONCE);
            if (some.isEmpty()) return about;
            about.addAll(Regrouping.touched(some));
            long last = some.getLast().number();
            if (some.stream().noneMatch(Regrouping::split)) {
                store.move(Regrouping.finalWinners(some), last);
                continue;
            }
            var touched = new HashSet<>(Regrouping.touched(some));
            touched.addAll(identities.canonical(touched).values());
            store.regroup(
                    touched,
                    identities.aliasesOf(
                            new HashSet<>(identities.canonical(touched).values())),
                    Regrouping.kin(some, identities.canonical(touched)),
                    last);
        }
    }

    private void append(Batch batch, List<ConsentStore.Turn> turns) {
        if (turns.isEmpty()) return;
        var wordings =
                store.wordings(turns.stream().map(ConsentStore.Turn::evidence).toList());
        warehouse.append("consent_changes", batch.id(), Rows.written(rows -> {
            for (var turn : turns)
                rows.value(turn.identity().value())
                        .value(turn.about().purpose())
                        .value(turn.about().channel())
                        .value(turn.granted())
                        .value(turn.source())
                        .value(turn.at())
                        .value(turn.seq())
                        .value(
                                turn.about().topic().isEmpty()
                                        ? null
                                        : turn.about().topic())
                        .value(wordings.get(turn.evidence()))
                        .end();
        }));
    }
}
