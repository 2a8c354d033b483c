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
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
 * the e-mail address the event was identified by, else the one the customer had when the event came. An {@code Unsubscribed} of
 * short messages closes the telephone number it names in the same way: a property, else the one it was identified by.
 */
@Component
class ConsentTail implements Tail {
    private static final int REGROUPINGS_AT_ONCE = 10_000;
    private static final int LONGEST_PLACE = 200;
    private static final String SUBSCRIBED = "Subscribed";

    private static final List<String> ADDRESSES = List.of("email", "Email", "email_address", "emailAddress");
    private static final List<String> NUMBERS = List.of(
            "phone",
            "Phone",
            "phone_number",
            "phoneNumber",
            "mobile",
            "mobile_number",
            "mobileNumber",
            "mobile_phone",
            "mobilePhone",
            "msisdn");

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
        var known = new Known(relevant, customers, toConfirm);
        for (var event : relevant) {
            var customer = customers.getOrDefault(event.customer(), event.customer());
            var said = said(event, customer, known);
            changes.addAll(said);
            known.hear(said);
            if (Withdrawals.UNSUBSCRIBED.equals(event.name())) off.addAll(off(event, said, known));
            else if (event.type() != EventType.IDENTIFY && !SUBSCRIBED.equals(event.name())) refused.add(event);
        }
        suppress(refused, customers, known);
        confirmations.vouch(known.vouched, Permissions.EMAIL);
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

    private List<ConsentStore.Change> said(LoggedEvent event, CustomerId customer, Known known) {
        if (event.type() == EventType.IDENTIFY) return statements(event, customer, known);
        return switch (String.valueOf(event.name())) {
            case Withdrawals.UNSUBSCRIBED -> withdrawals(event, customer, known);
            case SUBSCRIBED -> agreement(event, customer, known);
            case Withdrawals.SPAM -> List.of(complaint(event, customer));
            default -> List.of();
        };
    }

    /**
     * Of channels one by one. What can be read neither as yes nor as no, and what is said of a channel that cannot be told,
     * takes back what there may be a yes to, and is no word of anything else.
     */
    private List<ConsentStore.Change> statements(LoggedEvent event, CustomerId customer, Known known) {
        var consent = ConsentWords.trait(event.properties(), event.personal());
        var said = ConsentWords.said(consent);
        var spokenOf = said.stream().map(ConsentWords.Said::channel).collect(Collectors.toSet());
        var changes = new ArrayList<ConsentStore.Change>();
        for (var one : said) {
            var channel = one.channel();
            if (channel == null) {
                for (var other : known.channels(customer))
                    if (!spokenOf.contains(other)) changes.add(statement(event, customer, known, consent, one, other));
            } else if (one.isClear() || known.channels(customer).contains(channel)) {
                changes.add(statement(event, customer, known, consent, one, channel));
            }
        }
        return changes;
    }

    private ConsentStore.Change statement(
            LoggedEvent event,
            CustomerId customer,
            Known known,
            JsonNode consent,
            ConsentWords.Said said,
            String channel) {
        var shown = shown(consent, said.key());
        boolean asks = said.granted() && known.isToConfirm(customer, channel);
        // Anybody may send events and call anything a proof; who brings in a file answers for what it proves.
        boolean vouched = asks && event.importId() != null && shown.proof() != null;
        if (vouched) known.vouched.put(event.customer(), customer);
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

    private List<ConsentStore.Change> withdrawals(LoggedEvent event, CustomerId customer, Known known) {
        return withdrawn(event, customer, known).stream()
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

    /**
     * The channel an unsubscription names; every one when that cannot be read. When it names none it is of mail, and of short
     * messages, too, when all it tells of its sender is a telephone number.
     */
    private Set<String> withdrawn(LoggedEvent event, CustomerId customer, Known known) {
        var channel = word(event, "channel", "");
        var channels = new TreeSet<>(channel == null ? known.channels(customer) : Set.of(channel));
        if (channels.remove("")) {
            channels.add(Permissions.EMAIL);
            if (address(event) != null || isOfAUser(event)) return channels;
        } else if (channel != null) return channels;
        if (number(event) != null) channels.add(Permissions.SMS);
        return channels;
    }

    private static boolean isOfAUser(LoggedEvent event) {
        return event.identifiers().stream().anyMatch(one -> one.type() == Identifier.Type.USER_ID);
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
    private List<ConsentStore.Change> agreement(LoggedEvent event, CustomerId customer, Known known) {
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
                known.isToConfirm(customer, channel)));
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
            var address = switch (about.channel()) {
                case Permissions.EMAIL -> known.address(event, about.customer());
                case Permissions.SMS -> number(event);
                default -> null;
            };
            if (address != null) off.add(new ConsentStore.Off(about, address, change.source(), event.occurredAt()));
        }
        return off;
    }

    /** The e-mail address an event names; null when it names none. By one among its properties nobody is known. */
    private @Nullable Long address(LoggedEvent event) {
        var named = Decimals.whole(event.properties().path("address_hash").asString("")) == null
                ? named(event, Identifier.Type.EMAIL, ADDRESSES)
                : null;
        return named == null ? event.emailAddress() : named;
    }

    /** The telephone number an event names, likewise. */
    private @Nullable Long number(LoggedEvent event) {
        var named = named(event, Identifier.Type.PHONE, NUMBERS);
        return named == null ? identifiedBy(event, Identifier.Type.PHONE) : named;
    }

    private @Nullable Long named(LoggedEvent event, Identifier.Type type, List<String> properties) {
        for (var property : properties) {
            var given = event.personal().get("properties." + property);
            var found = given == null ? Optional.<Identifier>empty() : identifiers.unblocked(type, given);
            if (found.isPresent()) return found.get().id().value();
        }
        return null;
    }

    private static @Nullable Long identifiedBy(LoggedEvent event, Identifier.Type type) {
        return event.identifiers().stream()
                .filter(one -> one.type() == type)
                .findFirst()
                .map(one -> one.id().value())
                .orElse(null);
    }

    /** What is known of the customers of a batch; looked up when it is asked for, and of all of them. */
    private final class Known {
        private final List<LoggedEvent> events;
        private final Map<CustomerId, CustomerId> whose;
        private final boolean anyToConfirm;
        private final Set<CustomerId> customers;
        /** Identities somebody vouches for, and whose they are. */
        private final Map<CustomerId, CustomerId> vouched = new HashMap<>();

        private final Map<CustomerId, Set<String>> heard = new HashMap<>();
        private @Nullable Map<CustomerId, Set<String>> before;
        private @Nullable Set<CustomerId> toConfirm;
        private @Nullable Map<CustomerId, ConsentStore.Standing> standing;
        private @Nullable Map<Long, Long> earlier;

        Known(List<LoggedEvent> events, Map<CustomerId, CustomerId> whose, boolean anyToConfirm) {
            this.events = events;
            this.whose = whose;
            this.anyToConfirm = anyToConfirm;
            customers = new HashSet<>(whose.values());
        }

        /** Whether a yes of theirs holds only when it was confirmed. */
        boolean isToConfirm(CustomerId customer, String channel) {
            if (!anyToConfirm || !channel.equals(Permissions.EMAIL)) return false;
            if (toConfirm == null) toConfirm = confirmations.needing(customers, Permissions.EMAIL);
            return toConfirm.contains(customer);
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

        /**
         * The e-mail address an event is about: the one it names, else the one its customer had when it came.
         *
         * <p>The profile is further on than this tail and keeps what was said last only. So the address it has is the one of
         * then when what said so last stands before the event in the log; otherwise the log itself is asked what came before.
         */
        @Nullable
        Long address(LoggedEvent event, CustomerId customer) {
            var named = ConsentTail.this.address(event);
            if (named != null) return named;
            var now = standing().get(customer);
            if (now == null || now.seq() < event.seq()) return now == null ? null : now.addressHash();
            if (earlier == null)
                earlier = addressesBefore(
                        events.stream()
                                .filter(one -> one.type() == EventType.TRACK && !SUBSCRIBED.equals(one.name()))
                                .filter(this::isOfAnEarlierAddress)
                                .toList(),
                        whose);
            return earlier.get(event.seq());
        }

        private boolean isOfAnEarlierAddress(LoggedEvent event) {
            var now = standing().get(whose.getOrDefault(event.customer(), event.customer()));
            return now != null && now.seq() >= event.seq() && ConsentTail.this.address(event) == null;
        }

        private Map<CustomerId, ConsentStore.Standing> standing() {
            if (standing == null) standing = store.standing(customers, Permissions.EMAIL);
            return standing;
        }
    }

    /**
     * The e-mail addresses customers had before some events, by the events' places: of those that had come by then the one
     * that occurred last, from whatever source. (Which source a rule would have put first then is not known any more.)
     */
    private Map<Long, Long> addressesBefore(List<LoggedEvent> events, Map<CustomerId, CustomerId> whose) {
        var byCustomer = events.stream()
                .collect(Collectors.groupingBy(event -> whose.getOrDefault(event.customer(), event.customer())));
        var aliases = identities.aliasesOf(byCustomer.keySet());
        record Came(Instant at, long seq, long addressHash) {}
        var found = new HashMap<Long, Came>();
        warehouse.stream(
                Sql.of(
                        """
                        select seq, occurred_at, customer_id, aliases from events
                        where seq < ? and customer_id in (select cast(unnest(cast(? as varchar[])) as bigint))
                            and aliases like '%email%'
                            and (import_id is null or import_id not in (select import_id from imports_undone))
                        """,
                        events.getLast().seq(),
                        aliases.keySet().stream().map(CustomerId::toString).toList()),
                row -> {
                    var identity = new CustomerId(row.longValue("customer_id"));
                    var address = Identifier.ofLog(row.text("aliases"), identity).stream()
                            .filter(one -> one.type() == Identifier.Type.EMAIL)
                            .findFirst();
                    if (address.isEmpty()) return;
                    var came = new Came(
                            row.instant("occurred_at"),
                            row.longValue("seq"),
                            address.get().id().value());
                    for (var event : byCustomer.getOrDefault(aliases.getOrDefault(identity, identity), List.of()))
                        if (came.seq() < event.seq())
                            found.merge(
                                    event.seq(),
                                    came,
                                    (one, other) -> Comparator.comparing(Came::at)
                                                            .thenComparingLong(Came::seq)
                                                            .compare(one, other)
                                                    < 0
                                            ? other
                                            : one);
                });
        var addresses = new HashMap<Long, Long>();
        found.forEach((event, came) -> addresses.put(event, came.addressHash()));
        return addresses;
    }

    private void suppress(List<LoggedEvent> events, Map<CustomerId, CustomerId> customers, Known known) {
        var suppressions = new ArrayList<Suppression>();
        for (var event : events) {
            var address = known.address(event, customers.getOrDefault(event.customer(), event.customer()));
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
