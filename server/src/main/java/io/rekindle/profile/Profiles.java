package io.rekindle.profile;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.identity.Identities;
import io.rekindle.identity.KnownIdentifier;
import io.rekindle.platform.Questions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What is known of customers now. Every method takes ids as they were given out at any time: an id that was merged into
 * another stands for that one, and answers are keyed by the id asked for. Each method is a fixed number of statements,
 * however many customers are asked about.
 *
 * <p>Other modules' PostgreSQL statements find who can be written to in the view {@code reachable_customers
 * (customer_id, channel, address_hash, seq)}: one row per customer with a usable e-mail address, {@code address_hash} being
 * the e-mail's {@link Identifier} id, {@code seq} the place in the log of the last event that said so.
 */
@Component
public class Profiles {
    private static final Set<String> SUMMARY_FIELDS = Set.of(
            PersonalFields.USER_ID,
            PersonalFields.EMAIL,
            PersonalFields.NAME,
            PersonalFields.FIRST_NAME,
            PersonalFields.LAST_NAME);

    private final JdbcClient jdbc;
    private final Identities identities;
    private final ProfileStore profiles;
    private final PersonalStore personal;
    private final Identifiers identifiers;
    private final AccessLog accesses;
    private final TraitRules rules;
    private final TagStore tags;
    private final Questions questions;

    Profiles(
            JdbcClient jdbc,
            Questions questions,
            Identities identities,
            ProfileStore profiles,
            PersonalStore personal,
            Identifiers identifiers,
            AccessLog accesses,
            TraitRules rules,
            TagStore tags) {
        this.questions = questions;
        this.tags = tags;
        this.accesses = accesses;
        this.rules = rules;
        this.jdbc = jdbc;
        this.identities = identities;
        this.profiles = profiles;
        this.personal = personal;
        this.identifiers = identifiers;
    }

    /** What a list shows of a customer; masked where the caller may not see personal data. */
    public record Summary(
            CustomerId customerId,
            @Nullable String userId,
            @Nullable String name,
            @Nullable String email) {}

    /** One customer as the caller may see them; empty when the log has no event of them. */
    public Optional<Profile> get(CustomerId id, Caller caller) {
        return read(identities.canonical(id), caller).map(Read::profile);
    }

    /** A customer and the tags they have. */
    public record Glance(Profile profile, List<TagValue> tags) {}

    /** The same, with tags, of the customer an id stands for today: asked for by an identifier, that is known already. */
    public Optional<Glance> glance(CustomerId customer, Caller caller) {
        var carried = tags.carried(customer);
        return read(customer, caller, carried)
                .map(read -> new Glance(
                        read.profile(),
                        read.answers().to(carried).stream()
                                .map(TagStore.Carried::tag)
                                .toList()));
    }

    private record Read(Profile profile, Questions.Answers answers) {}

    /** A profile, with what is asked beside it. */
    private Optional<Read> read(CustomerId customer, Caller caller, Questions.Question<?>... besides) {
        record Times(Instant first, Instant last) {}
        var seen = new Questions.Question<>(
                "select first_seen, last_seen from customers where customer_id = :id",
                Map.of("id", customer.value()),
                (row, n) -> new Times(ProfileStore.instant(row, "first_seen"), ProfileStore.instant(row, "last_seen")));
        var sealedWords = personal.everything(customer);
        var openWords = profiles.words(customer);
        var inForce = rules.asked();
        var known = Identities.identifiers(customer);
        var answers = questions.ask(
                Stream.concat(Stream.of(seen, sealedWords, openWords, inForce, known), Arrays.stream(besides))
                        .toArray(Questions.Question<?>[]::new));
        var times = answers.to(seen);
        if (times.isEmpty()) return Optional.empty();
        var everything = PersonalStore.opened(answers.to(sealedWords));
        boolean clear = accesses.showsClear(caller);
        accesses.looked(Map.of(
                customer,
                clear ? everything.stream().map(PersonalStore.Opened::field).collect(Collectors.toSet()) : Set.of()));
        var said = new TreeMap<String, List<Said>>();
        for (var word : answers.to(openWords)) {
            if (ImportedTags.isTrait(word.series().name())) continue;
            said.computeIfAbsent(word.series().name(), name -> new ArrayList<>())
                    .add(new Said(
                            word.series().source(),
                            word.fact().value(),
                            word.fact().at(),
                            word.fact().seq(),
                            word.stands()));
        }
        var sealed = new TreeMap<String, List<Said>>();
        for (var field : everything) {
            var fact = field.fact();
            var shown = clear ? fact.value() : Mask.of(field.field(), fact.value(), identifiers);
            sealed.computeIfAbsent(field.field(), name -> new ArrayList<>())
                    .add(new Said(
                            field.source(),
                            JsonNodeFactory.instance.stringNode(shown),
                            fact.at(),
                            fact.seq(),
                            field.stands()));
        }
        var ruled = TraitRules.ranked(answers.to(inForce));
        var traits = new TreeMap<String, Profile.Trait>();
        said.forEach((name, words) -> trait(name, words, false, ruled.get(name)).ifPresent(t -> traits.put(name, t)));
        sealed.forEach(
                (name, words) -> trait(name, words, true, ruled.get(name)).ifPresent(t -> traits.put(name, t)));
        var profile = new Profile(
                customer,
                times.getFirst().first(),
                times.getFirst().last(),
                identifiers(Identities.strongestFirst(answers.to(known)), everything, clear),
                List.copyOf(traits.values()));
        return Optional.of(new Read(profile, answers));
    }

    /**
     * Personal fields in clear, for sending: what may be shown to a person goes through {@link #get} or
     * {@link #summaries}. Only the fields named; a customer without any of them has an empty record.
     */
    public Map<CustomerId, PersonalFields> personal(Collection<CustomerId> ids, Set<String> fields) {
        var collected = new HashMap<CustomerId, Map<String, String>>();
        var canonical = identities.canonical(ids);
        if (!fields.isEmpty())
            for (var field : personal.open(new HashSet<>(canonical.values()), fields))
                collected
                        .computeIfAbsent(field.customer(), c -> new HashMap<>())
                        .put(field.field(), field.fact().value());
        return answer(canonical, (asked, customer) -> {
            var values = collected.get(customer);
            return values == null ? PersonalFields.NONE : new PersonalFields(values);
        });
    }

    /** The same fields with every value made unrecognisable, for callers who may not see personal data. */
    public PersonalFields masked(PersonalFields clear) {
        return clear.masked(identifiers);
    }

    /** The shop's own ids of customers, in clear; customers without one are left out. */
    public Map<CustomerId, String> userIds(Collection<CustomerId> ids) {
        var userIds = new HashMap<CustomerId, String>();
        personal(ids, Set.of(PersonalFields.USER_ID))
                .forEach((id, fields) ->
                        fields.get(PersonalFields.USER_ID).ifPresent(userId -> userIds.put(id, userId)));
        return userIds;
    }

    /** Every user id a customer goes by, in clear: those of all the people who were joined. */
    Set<String> everyUserId(CustomerId customer) {
        return personal.openEverything(Set.of(customer), Set.of(PersonalFields.USER_ID)).stream()
                .map(field -> field.fact().value())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** User id, name and e-mail as the caller may see them. */
    public Map<CustomerId, Summary> summaries(Collection<CustomerId> ids, Caller caller) {
        var summaries = new HashMap<CustomerId, Summary>();
        boolean inClear = accesses.showsClear(caller);
        var looked = new HashMap<CustomerId, Set<String>>();
        personal(ids, SUMMARY_FIELDS).forEach((id, clear) -> {
            var shown = inClear ? clear : masked(clear);
            if (inClear && !clear.values().isEmpty())
                looked.put(id, clear.values().keySet());
            summaries.put(
                    id,
                    new Summary(
                            id,
                            shown.get(PersonalFields.USER_ID).orElse(null),
                            shown.fullName().orElse(null),
                            shown.get(PersonalFields.EMAIL).orElse(null)));
        });
        accesses.looked(looked);
        return summaries;
    }

    /** What tells people apart at a glance; masked where the caller may not see personal data. */
    public record Card(
            CustomerId customerId,
            @Nullable String userId,
            @Nullable String name,
            @Nullable String email,
            @Nullable String phone) {}

    /** Cards of customers, in the order asked for; that each was looked at is written down. */
    public List<Card> cards(Collection<CustomerId> ids, Caller caller) {
        boolean inClear = accesses.showsClear(caller);
        var looked = new HashMap<CustomerId, Set<String>>();
        var fields = new HashSet<>(SUMMARY_FIELDS);
        fields.add(PersonalFields.PHONE);
        var known = personal(ids, fields);
        var cards = ids.stream()
                .distinct()
                .map(id -> {
                    var clear = known.getOrDefault(id, PersonalFields.NONE);
                    if (inClear && !clear.values().isEmpty())
                        looked.put(id, clear.values().keySet());
                    var shown = inClear ? clear : masked(clear);
                    return new Card(
                            id,
                            shown.get(PersonalFields.USER_ID).orElse(null),
                            shown.fullName().orElse(null),
                            shown.get(PersonalFields.EMAIL).orElse(null),
                            shown.get(PersonalFields.PHONE).orElse(null));
                })
                .toList();
        accesses.looked(looked);
        return cards;
    }

    /** Traits that are not personal, by name; for templates and previews of many customers. */
    public Map<CustomerId, Map<String, JsonNode>> traits(Collection<CustomerId> ids) {
        var collected = new HashMap<CustomerId, Map<String, JsonNode>>();
        var canonical = identities.canonical(ids);
        profiles.traitsOf(new HashSet<>(canonical.values())).forEach((customer, facts) -> {
            var values = new HashMap<String, JsonNode>();
            facts.forEach((name, fact) -> {
                if (!fact.value().isNull() && !ImportedTags.isTrait(name)) values.put(name, fact.value());
            });
            if (!values.isEmpty()) collected.put(customer, values);
        });
        return answer(canonical, (asked, customer) -> Map.copyOf(collected.getOrDefault(customer, Map.of())));
    }

    /** Whether the log has an event of this customer. */
    public boolean exists(CustomerId id) {
        return jdbc.sql("select exists (select 1 from customers where customer_id = :id)")
                .param("id", identities.canonical(id).value())
                .query(Boolean.class)
                .single();
    }

    /** Those of some ids whom the log has an event of. One statement. */
    Set<CustomerId> existing(Collection<CustomerId> ids) {
        var canonical = identities.canonical(ids);
        var there = new HashSet<>(jdbc.sql("select customer_id from customers where customer_id = any (:ids)")
                .param("ids", ProfileStore.longs(List.copyOf(canonical.values()), CustomerId::value))
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list());
        var found = new HashSet<CustomerId>();
        canonical.forEach((asked, customer) -> {
            if (there.contains(customer)) found.add(asked);
        });
        return found;
    }

    /** Names of fields that are sealed as personal data: those the product asks for and those customers seen first have. */
    public Set<String> sealedFields() {
        var names = new HashSet<>(Set.of(
                PersonalFields.USER_ID,
                PersonalFields.EMAIL,
                PersonalFields.PHONE,
                PersonalFields.FIRST_NAME,
                PersonalFields.LAST_NAME,
                PersonalFields.NAME));
        names.addAll(jdbc.sql("select distinct field from (select field from personal_fields limit 10000) some_fields")
                .query(String.class)
                .list());
        return names;
    }

    /** How many customers are known by more than a device. */
    public long count() {
        return jdbc.sql("select count(*) from customers where known")
                .query(Long.class)
                .single();
    }

    /** Known customers in the order of their ids; the cursor is the last id of the page before. */
    public Page<CustomerId> page(@Nullable String cursor, int limit) {
        var rows = jdbc.sql("""
                        select customer_id from customers where known and customer_id > :after
                        order by customer_id limit :limit
                        """)
                .param(
                        "after",
                        cursor == null
                                ? Long.MIN_VALUE
                                : CustomerId.parse(cursor).value())
                .param("limit", limit + 1)
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list();
        return Page.of(rows, limit, CustomerId::toString);
    }

    /** Customers who have exactly this identifier, of whatever type, the strongest first; mostly none or one. One statement. */
    public List<CustomerId> search(String text) {
        var wanted = Arrays.stream(Identifier.Type.values())
                .flatMap(type -> identifiers.of(type, text).stream())
                .toList();
        var found = identities.find(wanted);
        return wanted.stream()
                .filter(found::containsKey)
                .map(found::get)
                .distinct()
                .toList();
    }

    private List<Profile.IdentifierValue> identifiers(
            List<KnownIdentifier> all, List<PersonalStore.Opened> said, boolean inClear) {
        var clear = new LinkedHashMap<Identifier, PersonalStore.Opened>();
        // Of two people who were joined one user id stands, and both are identifiers.
        for (var field : said) {
            var type = type(field.field());
            if (type != null) identifiers.of(type, field.fact().value()).ifPresent(i -> clear.put(i, field));
        }
        return all.stream()
                .map(known -> {
                    var type = known.identifier().type().code();
                    var field = clear.get(known.identifier());
                    if (field == null)
                        return new Profile.IdentifierValue(
                                type, "#" + known.identifier().id());
                    var value = field.fact().value();
                    return new Profile.IdentifierValue(
                            type, inClear ? value : Mask.of(field.field(), value, identifiers));
                })
                .toList();
    }

    private static Identifier.@Nullable Type type(String field) {
        return Identifier.Type.named(field);
    }

    /** A word as it is shown. */
    private record Said(int source, JsonNode value, Instant at, long seq, boolean stands) {
        Profile.Word word() {
            return new Profile.Word(value.isNull() ? null : value, at, source);
        }
    }

    /** What stands, by what, and what other sources said last; empty when it was taken back. */
    private static Optional<Profile.Trait> trait(
            String name, List<Said> words, boolean isPersonal, @Nullable List<Integer> ranked) {
        var standing = words.stream().filter(Said::stands).findFirst();
        if (standing.isEmpty() || standing.get().value().isNull()) return Optional.empty();
        var it = standing.get();
        var others = new LinkedHashMap<Integer, Said>();
        words.stream()
                .filter(word -> word.source() != it.source())
                .sorted(Comparator.comparing(Said::at)
                        .thenComparingLong(Said::seq)
                        .reversed())
                .forEach(word -> others.putIfAbsent(word.source(), word));
        int place = ranked == null ? -1 : ranked.indexOf(it.source());
        return Optional.of(new Profile.Trait(
                name,
                it.value(),
                it.at(),
                it.source(),
                isPersonal,
                name.startsWith(TraitForm.PREFIX)
                        ? Profile.Rule.COMPUTED
                        : ranked == null ? Profile.Rule.LAST : Profile.Rule.SOURCES,
                place < 0 ? null : place + 1,
                others.values().stream().map(Said::word).toList()));
    }

    private static <T> Map<CustomerId, T> answer(
            Map<CustomerId, CustomerId> canonical, BiFunction<CustomerId, CustomerId, T> value) {
        var answer = HashMap.<CustomerId, T>newHashMap(canonical.size());
        canonical.forEach((asked, customer) -> answer.put(asked, value.apply(asked, customer)));
        return answer;
    }
}
