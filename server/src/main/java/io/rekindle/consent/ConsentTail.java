package io.rekindle.consent;

import io.rekindle.collect.Bounce;
import io.rekindle.collect.ConsentWords;
import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.collect.Withdrawals;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Decimals;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Regrouping;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Hears what customers say about being written to: {@code traits.consent.<channel>} of an identify call, yes or no or an
 * object of {@code granted}, {@code topics.<topic>} (as {@link ConsentWords} reads them) and what shows it: {@code wording} ({@code newsletter@3}),
 * {@code language}, {@code source} (where it was said) and {@code proof} (in words; kept sealed), which may also stand in
 * {@code traits.consent} for all channels; the events
 * {@code Subscribed} (with a {@code channel}, perhaps {@code topic}, {@code wording} and {@code language}) and
 * {@code Unsubscribed} (with {@code channel} and {@code topic}; of every channel when the one it names cannot be read), {@code Email Bounced} when it is one
 * {@linkplain Bounce for good}, and {@code Email Marked as Spam}. The address of the last three is the property {@code address_hash} (the decimal hash) or {@code email}, else
 * the e-mail address the event was identified by, else the one the customer has now.
 */
@Component
class ConsentTail implements Tail {
    private static final int REGROUPINGS_AT_ONCE = 10_000;
    private static final int LONGEST_PLACE = 200;
    private static final String SUBSCRIBED = "Subscribed";

    private static final List<String> ADDRESSES = List.of("email", "Email", "email_address", "emailAddress");

    private final ConsentStore store;
    private final Identities identities;
    private final Identifiers identifiers;
    private final Warehouse warehouse;
    private final Confirmations confirmations;

    ConsentTail(
            ConsentStore store,
            Identities identities,
            Identifiers identifiers,
            Warehouse warehouse,
            Confirmations confirmations) {
        this.store = store;
        this.identities = identities;
        this.identifiers = identifiers;
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
                Set.of(Withdrawals.UNSUBSCRIBED, SUBSCRIBED, Withdrawals.SPAM, Bounce.EVENT),
                confirmations.mayBeNeeded() ? Set.of(Identifier.Type.EMAIL) : Set.of());
    }

    @Override
    public boolean wantsPersonalFields() {
        return true;
    }

    /** Proofs are set aside as personal, and addresses. */
    @Override
    public boolean wantsPersonalFieldsOf(LoggedEvent event) {
        return matters(event) && !SUBSCRIBED.equals(event.name());
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
        var off = new ArrayList<ConsentStore.Off>();
        var known = new Known(new HashSet<>(customers.values()));
        for (var event : relevant) {
            var customer = customers.getOrDefault(event.customer(), event.customer());
            var said = said(event, customer, toConfirm, known);
            changes.addAll(said);
            known.hear(said);
            if (Withdrawals.UNSUBSCRIBED.equals(event.name())) off.addAll(off(event, said, known));
            else if (event.type() != EventType.IDENTIFY && !SUBSCRIBED.equals(event.name())) refused.add(event);
        }
        suppress(refused, customers, known);
        var unconfirmed = new ArrayList<ConsentStore.Unconfirmed>();
        append(batch, store.apply(changes, off, unconfirmed));
        // A file of thousands is no reason to write to thousands: who brings it in is told how many do not hold.
        var imported = relevant.stream()
                .filter(event -> event.importId() != null)
                .map(LoggedEvent::seq)
                .collect(Collectors.toSet());
        for (var yes : unconfirmed) if (!imported.contains(yes.change().seq())) ask(yes);
    }

    /** An address comes with an event of whatever type, or with another identity. */
    private void askAtNewAddresses(Batch batch, Set<CustomerId> regrouped) {
        var said = new HashMap<CustomerId, CustomerId>();
        var imported = new HashSet<CustomerId>();
        for (var event : batch.events()) if (event.importId() != null) imported.add(event.customer());
        var come = batch.events().stream()
                .filter(event -> event.importId() == null)
                .filter(event -> event.identifiers().stream().anyMatch(one -> one.type() == Identifier.Type.EMAIL))
                .map(LoggedEvent::customer)
                .toList();
        identities.canonical(regrouped).values().forEach(customer -> said.put(customer, customer));
        identities.canonical(imported).values().forEach(said::remove);
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
        if (event.type() == EventType.IDENTIFY) return event.properties().has("consent");
        var name = event.name();
        if (event.type() != EventType.TRACK || name == null) return false;
        return switch (name) {
            case Withdrawals.UNSUBSCRIBED, Withdrawals.SPAM -> true;
            // Shops use the word for other things, too: it says yes only to a channel it names.
            case SUBSCRIBED ->
                ConsentWords.name(event.properties().path("channel").asString("")) != null;
            case Bounce.EVENT -> Bounce.of(event.properties()) == Bounce.FOR_GOOD;
            default -> false;
        };
    }

    private List<ConsentStore.Change> said(LoggedEvent event, CustomerId customer, boolean toConfirm, Known known) {
        if (event.type() == EventType.IDENTIFY) return statements(event, customer, toConfirm, known);
        return switch (String.valueOf(event.name())) {
            case Withdrawals.UNSUBSCRIBED -> withdrawals(event, customer, known);
            case SUBSCRIBED -> agreement(event, customer, toConfirm);
            case Withdrawals.SPAM -> List.of(complaint(event, customer));
            default -> List.of();
        };
    }

    /**
     * Of channels one by one. What can be read neither as yes nor as no, and what is said of a channel that cannot be told,
     * takes back what there may be a yes to, and is no word of anything else.
     */
    private List<ConsentStore.Change> statements(
            LoggedEvent event, CustomerId customer, boolean toConfirm, Known known) {
        var consent = ConsentWords.trait(event.properties(), event.personal());
        var said = ConsentWords.said(consent);
        var spokenOf = said.stream().map(ConsentWords.Said::channel).collect(Collectors.toSet());
        var changes = new ArrayList<ConsentStore.Change>();
        for (var one : said) {
            var channel = one.channel();
            if (channel == null) {
                for (var other : known.channels(customer))
                    if (!spokenOf.contains(other))
                        changes.add(statement(event, customer, toConfirm, consent, one, other));
            } else if (one.isClear() || known.channels(customer).contains(channel)) {
                changes.add(statement(event, customer, toConfirm, consent, one, channel));
            }
        }
        return changes;
    }

    private ConsentStore.Change statement(
            LoggedEvent event,
            CustomerId customer,
            boolean toConfirm,
            JsonNode consent,
            ConsentWords.Said said,
            String channel) {
        var shown = shown(consent, said.key());
        boolean asks = toConfirm && said.granted() && confirmations.isNeeded(customer, channel);
        // Anybody may send events and call anything a proof; who brings in a file answers for what it proves.
        boolean vouched = asks && event.importId() != null && shown.proof() != null;
        if (vouched) confirmations.vouch(event.customer(), channel);
        return new ConsentStore.Change(
                new ConsentStore.About(customer, Permissions.MARKETING, channel, said.topic()),
                event.customer(),
                said.granted(),
                source(event.sourceId()),
                event.occurredAt(),
                event.seq(),
                ConsentStore.Manner.STATEMENT,
                0,
                shown,
                asks && !vouched);
    }

    /** As whose word a statement is remembered. */
    static String source(int id) {
        return "source " + id;
    }

    /** What is said of one channel, else of all of them. */
    private static ConsentStore.Shown shown(JsonNode consent, String key) {
        var wording = text(consent, key, "wording");
        var language = text(consent, key, "language");
        return new ConsentStore.Shown(
                Wordings.isReference(wording) ? wording : null,
                language.matches("[a-z]{2}") ? language : null,
                storable(text(consent, key, "source"), LONGEST_PLACE),
                storable(text(consent, key, "proof"), Consents.LONGEST_PROOF));
    }

    private static String text(JsonNode consent, String key, String field) {
        return consent.path(key).path(field).asString(consent.path(field).asString(""));
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

    /** Of every channel when the one it names cannot be read. */
    private static List<ConsentStore.Change> withdrawals(LoggedEvent event, CustomerId customer, Known known) {
        var channel = word(event, "channel", Permissions.EMAIL);
        return (channel == null ? known.channels(customer) : Set.of(channel))
                .stream()
                        .map(one -> new ConsentStore.About(
                                customer,
                                Objects.requireNonNullElse(
                                        word(event, "purpose", Permissions.MARKETING), Permissions.MARKETING),
                                one,
                                Objects.requireNonNullElse(word(event, "topic", ""), "")))
                        .map(about -> new ConsentStore.Change(
                                about,
                                event.customer(),
                                false,
                                "event Unsubscribed",
                                event.occurredAt(),
                                event.seq(),
                                ConsentStore.Manner.ACT))
                        .toList();
    }

    /** Who calls our mail spam wants none of it, at whatever address. */
    private static ConsentStore.Change complaint(LoggedEvent event, CustomerId customer) {
        return new ConsentStore.Change(
                new ConsentStore.About(customer, Permissions.MARKETING, Permissions.EMAIL),
                event.customer(),
                false,
                "event " + Withdrawals.SPAM,
                event.occurredAt(),
                event.seq(),
                ConsentStore.Manner.ACT);
    }

    /** None when what it is about cannot be read. */
    private List<ConsentStore.Change> agreement(LoggedEvent event, CustomerId customer, boolean toConfirm) {
        var purpose = word(event, "purpose", Permissions.MARKETING);
        var channel = word(event, "channel", Permissions.EMAIL);
        var topic = word(event, "topic", "");
        if (purpose == null || channel == null || topic == null) return List.of();
        var wording = event.properties().path("wording").asString("");
        var language = event.properties().path("language").asString("");
        return List.of(new ConsentStore.Change(
                new ConsentStore.About(customer, purpose, channel, topic),
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
                toConfirm && confirmations.isNeeded(customer, channel)));
    }

    /** What a property names; null when that cannot be read. */
    private static @Nullable String word(LoggedEvent event, String property, String otherwise) {
        var given = event.properties().path(property);
        if (given.isMissingNode() || given.isNull()) return otherwise;
        if (!given.isString()) return null;
        return given.asString().isBlank() ? otherwise : ConsentWords.name(given.asString());
    }

    /**
     * Who unsubscribes wants nothing more at the address, even where the shop takes it for somebody else's too. What is not
     * marketing is withdrawn and no more: the list holds for all of a channel.
     */
    private List<ConsentStore.Off> off(LoggedEvent event, List<ConsentStore.Change> said, Known known) {
        var off = new ArrayList<ConsentStore.Off>();
        for (var change : said) {
            var about = change.about();
            if (!about.purpose().equals(Permissions.MARKETING)) continue;
            var address = about.channel().equals(Permissions.EMAIL) ? address(event) : null;
            if (address == null) address = known.address(about.customer(), about.channel());
            if (address != null) off.add(new ConsentStore.Off(about, address, change.source(), event.occurredAt()));
        }
        return off;
    }

    /** The e-mail address an event names; null when it names none. By one among its properties nobody is known. */
    private @Nullable Long address(LoggedEvent event) {
        if (Decimals.whole(event.properties().path("address_hash").asString("")) == null)
            for (var name : ADDRESSES) {
                var given = event.personal().get("properties." + name);
                var found = given == null
                        ? Optional.<Identifier>empty()
                        : identifiers.unblocked(Identifier.Type.EMAIL, given);
                if (found.isPresent()) return found.get().id().value();
            }
        return event.emailAddress();
    }

    /** What is known of the customers of a batch; looked up when it is asked for. */
    private final class Known {
        private final Set<CustomerId> customers;
        private final Map<String, Map<CustomerId, Long>> addresses = new HashMap<>();
        private final Map<CustomerId, Set<String>> heard = new HashMap<>();
        private @Nullable Map<CustomerId, Set<String>> before;

        Known(Set<CustomerId> customers) {
            this.customers = customers;
        }

        void hear(List<ConsentStore.Change> changes) {
            for (var change : changes)
                heard.computeIfAbsent(change.about().customer(), any -> new TreeSet<>())
                        .add(change.about().channel());
        }

        /** The channels over which a customer may be written to or has said something, mail always among them. */
        Set<String> channels(CustomerId customer) {
            if (before == null) before = store.channels(customers);
            var channels = new TreeSet<>(before.getOrDefault(customer, Set.of()));
            channels.addAll(heard.getOrDefault(customer, Set.of()));
            channels.add(Permissions.EMAIL);
            return channels;
        }

        @Nullable
        Long address(CustomerId customer, String channel) {
            return addresses
                    .computeIfAbsent(channel, any -> store.addresses(customers, channel))
                    .get(customer);
        }
    }

    private void suppress(List<LoggedEvent> events, Map<CustomerId, CustomerId> customers, Known known) {
        var suppressions = new ArrayList<Suppression>();
        for (var event : events) {
            var address = address(event);
            if (address == null)
                address = known.address(customers.getOrDefault(event.customer(), event.customer()), Permissions.EMAIL);
            if (address == null) continue;
            boolean bounced = Bounce.EVENT.equals(event.name());
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
