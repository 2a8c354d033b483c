package io.rekindle.consent;

import io.rekindle.collect.EventType;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Regrouping;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Hears what customers say about being written to: {@code traits.consent.<channel>} of an identify call, the events
 * {@code Unsubscribed}, {@code Email Bounced} with a {@code bounce_type} of {@code hard} or {@code permanent}, and
 * {@code Email Marked as Spam}. The address of the last two is the property {@code address_hash} (the decimal hash), else
 * the e-mail address the event was identified by, else the one the customer has now.
 */
@Component
class ConsentTail implements Tail {
    private static final int REGROUPINGS_AT_ONCE = 10_000;
    private static final String UNSUBSCRIBED = "Unsubscribed";
    private static final String SPAM = "Email Marked as Spam";
    private static final String BOUNCED = "Email Bounced";
    private static final Set<String> FOR_GOOD = Set.of("hard", "permanent");

    private final ConsentStore store;
    private final Identities identities;
    private final Warehouse warehouse;

    ConsentTail(ConsentStore store, Identities identities, Warehouse warehouse) {
        this.store = store;
        this.identities = identities;
        this.warehouse = warehouse;
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
        return new Interest(Set.of(EventType.IDENTIFY), Set.of(UNSUBSCRIBED, SPAM, BOUNCED));
    }

    @Override
    public void process(Batch batch) {
        takeRegroupings();
        var relevant = batch.events().stream().filter(ConsentTail::matters).toList();
        if (relevant.isEmpty()) return;
        var customers = identities.canonical(
                relevant.stream().map(LoggedEvent::customer).distinct().toList());
        var changes = new ArrayList<ConsentStore.Change>();
        var refused = new ArrayList<LoggedEvent>();
        for (var event : relevant) {
            var customer = customers.getOrDefault(event.customer(), event.customer());
            if (event.type() == EventType.IDENTIFY) changes.addAll(statements(event, customer));
            else if (UNSUBSCRIBED.equals(event.name())) changes.add(withdrawal(event, customer));
            else refused.add(event);
        }
        suppress(refused, customers);
        append(batch, store.apply(changes));
    }

    private static boolean matters(LoggedEvent event) {
        if (event.type() == EventType.IDENTIFY)
            return event.properties().path("consent").isObject();
        var name = event.name();
        if (event.type() != EventType.TRACK || name == null) return false;
        return switch (name) {
            case UNSUBSCRIBED, SPAM -> true;
            case BOUNCED ->
                FOR_GOOD.contains(
                        event.properties().path("bounce_type").asString("").toLowerCase(java.util.Locale.ROOT));
            default -> false;
        };
    }

    private static List<ConsentStore.Change> statements(LoggedEvent event, CustomerId customer) {
        return event.properties().path("consent").properties().stream()
                .filter(said -> said.getValue().isBoolean() && Consents.isWord(said.getKey()))
                .map(said -> new ConsentStore.Change(
                        new ConsentStore.About(customer, Permissions.MARKETING, said.getKey()),
                        event.customer(),
                        said.getValue().booleanValue(),
                        "source " + event.sourceId(),
                        event.occurredAt(),
                        event.seq(),
                        ConsentStore.Manner.STATEMENT))
                .toList();
    }

    private static ConsentStore.Change withdrawal(LoggedEvent event, CustomerId customer) {
        return new ConsentStore.Change(
                new ConsentStore.About(
                        customer,
                        word(event, "purpose", Permissions.MARKETING),
                        word(event, "channel", Permissions.EMAIL)),
                event.customer(),
                false,
                "event Unsubscribed",
                event.occurredAt(),
                event.seq(),
                ConsentStore.Manner.ACT);
    }

    private static String word(LoggedEvent event, String property, String otherwise) {
        var given = event.properties().path(property).asString("");
        return Consents.isWord(given) ? given : otherwise;
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
                    event.occurredAt()));
        }
        store.suppress(suppressions);
    }

    private void takeRegroupings() {
        while (true) {
            var some = identities.regroupingsAfter(store.lastMerge(), REGROUPINGS_AT_ONCE);
            if (some.isEmpty()) return;
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
                    last);
        }
    }

    private void append(Batch batch, List<ConsentStore.Turn> turns) {
        if (turns.isEmpty()) return;
        warehouse.append("consent_changes", batch.id(), Rows.written(rows -> {
            for (var turn : turns)
                rows.value(turn.identity().value())
                        .value(turn.about().purpose())
                        .value(turn.about().channel())
                        .value(turn.granted())
                        .value(turn.source())
                        .value(turn.at())
                        .value(turn.seq())
                        .end();
        }));
    }
}
