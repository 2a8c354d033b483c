package io.rekindle.profile;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tail;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Regrouping;
import io.rekindle.profile.Facts.Fact;
import io.rekindle.profile.Facts.Series;
import io.rekindle.profile.Telling.Told;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Keeps what customers say of themselves: traits in clear, personal fields sealed. Traits of the history carry a row
 * per change ({@link Telling}); a nested object becomes one trait per leaf ({@code address.country}), a list stays in PostgreSQL only,
 * {@code consent} is left to the module of that name.
 */
@Component
class ProfileTail implements Tail {
    /** What shows a consent is no trait. */
    private static final String CONSENT = "traits.consent.";

    private static final String TRAITS = "traits.";
    private static final String CONTEXT_TRAITS = "context.traits.";
    private static final int REGROUPINGS_AT_ONCE = 10_000;
    static final int LONGEST_NAME = 200;
    private static final Map<String, String> SPELLINGS = Map.of(
            "userid", PersonalFields.USER_ID,
            "email", PersonalFields.EMAIL,
            "phone", PersonalFields.PHONE,
            "firstname", PersonalFields.FIRST_NAME,
            "lastname", PersonalFields.LAST_NAME,
            "name", PersonalFields.NAME);

    private final Identities identities;
    private final ProfileStore profiles;
    private final PersonalStore personal;
    private final Warehouse warehouse;
    private final Identifiers identifiers;
    private final TagStore tags;
    private final ImportedTags imported;
    private final int ownSource;

    ProfileTail(
            Identities identities,
            ProfileStore profiles,
            PersonalStore personal,
            Warehouse warehouse,
            Identifiers identifiers,
            TagStore tags,
            ImportedTags imported,
            Sources sources) {
        this.identities = identities;
        this.profiles = profiles;
        this.personal = personal;
        this.warehouse = warehouse;
        this.identifiers = identifiers;
        this.tags = tags;
        this.imported = imported;
        this.ownSource = sources.named(Sources.OWN).id();
    }

    @Override
    public String name() {
        return "profile";
    }

    @Override
    public boolean wantsPersonalFields() {
        return true;
    }

    @Override
    public List<String> after() {
        return List.of("identity");
    }

    @Override
    public void process(Batch batch) {
        takeRegroupings(batch.fromSeq());
        var customers = identities.canonical(
                batch.events().stream().map(LoggedEvent::customer).distinct().toList());
        var seen = new HashMap<CustomerId, ProfileStore.Seen>();
        var traits = new Facts<JsonNode>();
        var fields = new Facts<PersonalStore.Value>();
        for (var event : batch.events()) {
            if (Identities.isRequest(event)) continue;
            var identity = event.customer();
            var customer = customers.getOrDefault(identity, identity);
            if (event.sourceId() != ownSource || event.isByCustomer(ownSource))
                seen.merge(customer, seen(customer, event), ProfileTail::both);
            if (event.type() == EventType.IDENTIFY) {
                event.properties().properties().forEach(trait -> {
                    if (!trait.getKey().equals("consent"))
                        say(traits, identity, trait.getKey(), trait.getValue(), event);
                });
            }
            event.personal().forEach((path, value) -> {
                var field = field(path, value, event);
                if (field.isEmpty()) return;
                var series = new Series(identity, field, event.sourceId(), importOf(event));
                fields.say(series, new Fact<>(personal.value(series, value), event.occurredAt(), event.seq()));
            });
        }
        profiles.store(List.copyOf(seen.values()));
        personal.store(fields, customers);
        var told = profiles.store(traits, customers);
        // A batch that comes again after a crash may find people merged since, and then has more to tell.
        append("%s@%d".formatted(batch.id(), profiles.lastMerge()), told);
        imported.follow(told.stream()
                .map(Told::series)
                .filter(series -> ImportedTags.isTrait(series.name()))
                .map(series -> customers.getOrDefault(series.identity(), series.identity()))
                .distinct()
                .toList());
    }

    /** Gives state to whom it belongs today; before the batch is looked at, see regroupingsAfter. */
    private void takeRegroupings(long beforeSeq) {
        while (true) {
            var some = identities.regroupingsAfter(profiles.lastMerge(), REGROUPINGS_AT_ONCE);
            if (some.isEmpty()) return;
            var touched = new LinkedHashSet<>(Regrouping.touched(some));
            touched.addAll(identities.canonical(touched).values());
            append(
                    "profile:merges:%d-%d"
                            .formatted(some.getFirst().number(), some.getLast().number()),
                    profiles.regroupTraits(touched));
            personal.regroup(touched);
            if (some.stream().anyMatch(Regrouping::split)) {
                profiles.replace(touched, seenOf(touched, beforeSeq));
                tags.readAgain(touched, identities.aliasesOf(owners(touched)));
            } else {
                profiles.move(Regrouping.finalWinners(some));
                // Most of those who are joined have no tag yet, and none was taken away from them that matters.
                var holders = tags.holders(touched);
                tags.readAgain(holders, identities.aliasesOf(owners(holders)));
            }
            imported.follow(new HashSet<>(identities.canonical(touched).values()));
            profiles.tookMergesUpTo(some.getLast().number());
        }
    }

    private Set<CustomerId> owners(Set<CustomerId> touched) {
        return new HashSet<>(identities.canonical(touched).values());
    }

    /** When customers were seen, told anew by the log. */
    List<ProfileStore.Seen> seenOf(Set<CustomerId> touched, long beforeSeq) {
        var customers = new HashSet<>(identities.canonical(touched).values());
        var aliases = identities.aliasesOf(customers);
        var seen = new HashMap<CustomerId, ProfileStore.Seen>();
        warehouse.stream(
                Sql.of(
                        """
                        select customer_id, min(occurred_at) as first_at, max(occurred_at) as last_at,
                            bool_or(coalesce(aliases, 'anonymous_id') not like 'anonymous_id%' and coalesce(aliases, '') not like 'device_id%') as known
                        from events where seq < ? and customer_id in (select cast(unnest(cast(? as varchar[])) as bigint))
                            and (import_id is null or import_id not in (select import_id from imports_undone))
                            and (source_id <> ? or by_customer(source_id, name))
                            and not (aliases is null and name in (select unnest(cast(? as varchar[]))))
                        group by customer_id
                        """,
                        beforeSeq,
                        aliases.keySet().stream().map(CustomerId::toString).toList(),
                        ownSource,
                        List.copyOf(Identities.REQUESTS)),
                row -> {
                    var alias = new CustomerId(row.longValue("customer_id"));
                    var customer = aliases.getOrDefault(alias, alias);
                    seen.merge(
                            customer,
                            new ProfileStore.Seen(
                                    customer,
                                    row.instant("first_at"),
                                    row.instant("last_at"),
                                    row.booleanValue("known")),
                            ProfileTail::both);
                });
        return List.copyOf(seen.values());
    }

    /** Tells the history; a list is of PostgreSQL alone, and so is a tag's word. */
    void append(String batchId, List<Told<JsonNode>> told) {
        var scalars = told.stream()
                .filter(one -> !one.fact().value().isContainer()
                        && !ImportedTags.isTrait(one.series().name()))
                .toList();
        if (scalars.isEmpty()) return;
        warehouse.append("trait_changes", batchId, Rows.written(rows -> {
            for (var one : scalars) {
                var value = one.fact().value();
                rows.value(one.series().identity().value())
                        .value(one.series().name())
                        .value(value.isNull() ? null : value.toString())
                        .value(one.fact().at())
                        .value(one.fact().seq())
                        .value(one.series().source())
                        .end();
            }
        }));
    }

    private static long importOf(LoggedEvent event) {
        var id = event.importId();
        return id == null ? 0 : id;
    }

    private static ProfileStore.Seen seen(CustomerId customer, LoggedEvent event) {
        boolean known = event.identifiers().stream().anyMatch(i -> i.type().isPersonal());
        return new ProfileStore.Seen(customer, event.occurredAt(), event.occurredAt(), known);
    }

    private static ProfileStore.Seen both(ProfileStore.Seen one, ProfileStore.Seen other) {
        return new ProfileStore.Seen(
                one.customer(),
                one.first().isBefore(other.first()) ? one.first() : other.first(),
                one.last().isAfter(other.last()) ? one.last() : other.last(),
                one.known() || other.known());
    }

    private static void say(
            Facts<JsonNode> facts, CustomerId customer, String name, JsonNode value, LoggedEvent event) {
        if (value.isObject()) {
            value.properties()
                    .forEach(inner -> say(facts, customer, name + "." + inner.getKey(), inner.getValue(), event));
            return;
        }
        // Computed traits are ours: nobody sends one.
        if (name.startsWith(TraitForm.PREFIX)) return;
        // A tag is filled by files and the API alone: whoever holds a write key of a site could else say who is what.
        if (ImportedTags.isTrait(name) && event.importId() == null) return;
        facts.say(
                new Series(customer, StorableText.of(name, LONGEST_NAME), event.sourceId(), importOf(event)),
                new Fact<>(StorableText.of(value), event.occurredAt(), event.seq()));
    }

    /**
     * The personal field a path of an event fills, empty when none: everything under the traits, the user id, and an
     * address outside the traits when the event was identified by it.
     */
    private String field(String path, String value, LoggedEvent event) {
        var inTraits = theirTrait(path, event.type());
        if (!inTraits.isEmpty()) return spelling(inTraits);
        if (path.equals(PersonalFields.USER_ID)) return PersonalFields.USER_ID;
        var last = spelling(path.substring(path.lastIndexOf('.') + 1));
        return switch (last) {
            case PersonalFields.EMAIL -> identifiedBy(event, Identifier.Type.EMAIL, value) ? last : "";
            case PersonalFields.PHONE -> identifiedBy(event, Identifier.Type.PHONE, value) ? last : "";
            default -> "";
        };
    }

    private boolean identifiedBy(LoggedEvent event, Identifier.Type type, String value) {
        return identifiers.of(type, value).filter(event.identifiers()::contains).isPresent();
    }

    /** The trait of the person a path names; the traits of a group call are the group's. */
    private static String theirTrait(String path, EventType type) {
        if (path.startsWith(CONTEXT_TRAITS)) return path.substring(CONTEXT_TRAITS.length());
        return type == EventType.IDENTIFY && path.startsWith(TRAITS) && !path.startsWith(CONSENT)
                ? path.substring(TRAITS.length())
                : "";
    }

    /** The field a name is kept under: {@code first_name} is {@code firstName}; any other name as it is. */
    static String spelling(String name) {
        var cut = StorableText.of(name, LONGEST_NAME);
        return SPELLINGS.getOrDefault(cut.replace("_", "").toLowerCase(Locale.ROOT), cut);
    }
}
