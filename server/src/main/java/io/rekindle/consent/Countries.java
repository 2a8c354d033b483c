package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/**
 * What holds in a customer's country. The country is the trait {@code country} or {@code address.country}, as
 * {@linkplain CountryNames countries are called}; the zone is the trait {@code timezone}, else the country's, else the
 * company's.
 *
 * <p>Who states a country that cannot be read lives in one of which nobody knows which rules hold: in any that has some. So
 * all of them hold at once. Of who states none nothing is known, and none holds.
 */
@Component
public class Countries implements CustomerHours {
    private static final String ADDRESS_COUNTRY = "address.country";
    private static final List<String> TRAITS = List.of("country", ADDRESS_COUNTRY);
    /** Quiet days come round in a week. */
    private static final Duration LOOK_AHEAD = Duration.ofDays(9);

    private final JdbcClient jdbc;
    private final Profiles profiles;
    private final Identities identities;
    private final BusinessClock clock;

    Countries(JdbcClient jdbc, Profiles profiles, Identities identities, BusinessClock clock) {
        this.jdbc = jdbc;
        this.profiles = profiles;
        this.identities = identities;
        this.clock = clock;
    }

    /** Every country with rules of its own. */
    public List<CountryRule> all() {
        return jdbc.sql("select * from consent_countries order by country")
                .query((row, n) -> rule(row))
                .list();
    }

    /** Sets what holds in a country, in place of what held there. */
    @Transactional
    public CountryRule save(CountryRule rule) {
        if (!rule.country().matches("[A-Z]{2}"))
            throw Problem.invalid(
                            "country_invalid", "'{given}' is no country: two capital letters as in ISO 3166, e.g. DE")
                    .with("given", rule.country());
        if ((rule.from() == null) != (rule.to() == null))
            throw Problem.invalid("country_hours_incomplete", "the hours of a country need from and to, or neither");
        if (rule.from() != null && rule.from().equals(rule.to()))
            throw Problem.invalid("country_hours_empty", "hours from {from} to {to} leave no time to write")
                    .with("from", rule.from())
                    .with("to", rule.to());
        if (rule.quietDays().size() == DayOfWeek.values().length)
            throw Problem.invalid("country_days_empty", "with every day of the week quiet nobody can be written to");
        if (rule.zone() != null && zone(rule.zone()).isEmpty())
            throw Problem.invalid("zone_invalid", "'{given}' is no time zone, e.g. Europe/Berlin")
                    .with("given", rule.zone());
        jdbc.sql("""
                        insert into consent_countries (country, zone, send_from, send_to, quiet_days, double_opt_in)
                        values (:country, :zone, :from, :to, :days, :doubleOptIn)
                        on conflict (country) do update set zone = excluded.zone, send_from = excluded.send_from,
                            send_to = excluded.send_to, quiet_days = excluded.quiet_days,
                            double_opt_in = excluded.double_opt_in
                        """)
                .param("country", rule.country())
                .param("zone", rule.zone(), java.sql.Types.VARCHAR)
                .param("from", rule.from(), java.sql.Types.TIME)
                .param("to", rule.to(), java.sql.Types.TIME)
                .param("days", rule.quietDays().stream().map(Enum::name).toArray(String[]::new))
                .param("doubleOptIn", rule.doubleOptIn())
                .update();
        return find(rule.country()).orElseThrow();
    }

    @Transactional
    public void remove(String country) {
        if (jdbc.sql("delete from consent_countries where country = :country")
                        .param("country", country)
                        .update()
                == 0)
            throw Problem.notFound("country_not_found", "there are no rules for {country}")
                    .with("country", country);
    }

    Optional<CountryRule> find(String country) {
        return jdbc.sql("select * from consent_countries where country = :country")
                .param("country", country)
                .query((row, n) -> rule(row))
                .optional();
    }

    /** The customer's country, two letters; empty when it is not known. */
    public Optional<String> of(CustomerId customer) {
        return country(traits(customer));
    }

    private Map<String, JsonNode> traits(CustomerId customer) {
        var canonical = identities.canonical(customer);
        return profiles.traits(List.of(canonical)).getOrDefault(canonical, Map.of());
    }

    /** The wording somebody with these traits reads: that of their country, in their language as far as either is known. */
    public static Optional<String> text(Wording wording, Map<String, JsonNode> traits) {
        var country = country(traits).orElse("");
        return wording.text(country, language(traits, country)).map(Wording.Text::body);
    }

    private static String language(Map<String, JsonNode> traits, String country) {
        for (var trait : List.of("language", "locale")) {
            var value = traits.get(trait);
            if (value == null || !value.isString()) continue;
            var language = Locale.forLanguageTag(value.asString().strip().replace('_', '-'))
                    .getLanguage();
            if (language.length() == 2) return language;
        }
        return country.equals("CN") ? "zh" : "en";
    }

    private static Optional<String> country(Map<String, JsonNode> traits) {
        return home(traits, TRAITS) instanceof Home.In(var code) ? Optional.of(code) : Optional.empty();
    }

    /** Where somebody says to live. */
    sealed interface Home {
        record In(String code) implements Home {}

        /** Somewhere, but what stands there names no country. */
        record Unreadable() implements Home {}

        record Unstated() implements Home {}

        static Home of(String name) {
            var code = CountryNames.code(name);
            if (code != null) return new In(code);
            return CountryNames.isBlank(name) ? new Unstated() : new Unreadable();
        }
    }

    /** What the first of some traits says that names a country. */
    private static Home home(Map<String, JsonNode> traits, List<String> names) {
        Home found = new Home.Unstated();
        for (var trait : names) {
            var value = traits.get(trait);
            if (value == null || !value.isString()) continue;
            var home = Home.of(value.asString());
            if (home instanceof Home.In) return home;
            if (home instanceof Home.Unreadable) found = home;
        }
        return found;
    }

    /** Where a yes to mail has to be confirmed. */
    Set<String> confirming() {
        return confirming(jdbc);
    }

    private static Set<String> confirming(JdbcClient jdbc) {
        return Set.copyOf(jdbc.sql("select country from consent_countries where double_opt_in")
                .query(String.class)
                .list());
    }

    /**
     * What customers' traits call their countries, as it is written there: SQL folds no case as Java does.
     *
     * @param others what names a country where nobody has to confirm
     * @param none what names no country
     * @param blank what of it says nothing at all
     */
    record Words(List<String> others, List<String> none, List<String> blank) {
        static final Words NONE = new Words(List.of(), List.of(), List.of());
    }

    /** @param whose traits; null: everybody's */
    static Words words(JdbcClient jdbc, long @Nullable [] whose) {
        var confirming = confirming(jdbc);
        var found = jdbc.sql("""
                        select distinct value from customer_words where trait in ('country', 'address.country')
                        """ + (whose == null ? "" : "and customer_id = any (:whose)"));
        if (whose != null)
            found = found.param(
                    "whose", ConsentStore.longs(Arrays.stream(whose).boxed().toList(), id -> id));
        var others = new ArrayList<String>();
        var none = new ArrayList<String>();
        var blank = new ArrayList<String>();
        for (var word : found.query((row, n) -> row.getString("value")).list()) {
            switch (Home.of(word)) {
                case Home.In(var code) -> {
                    if (!confirming.contains(code)) others.add(word);
                }
                case Home.Unreadable() -> none.add(word);
                case Home.Unstated() -> {
                    none.add(word);
                    blank.add(word);
                }
            }
        }
        return new Words(others, none, blank);
    }

    /** Whether what a customer agrees to by mail must be confirmed there before it holds. */
    boolean needsConfirmation(CustomerId customer) {
        var person = identities.canonical(customer);
        return needConfirmation(Set.of(person)).contains(person);
    }

    /** Those of some customers of today of whom that is so. */
    Set<CustomerId> needConfirmation(Collection<CustomerId> persons) {
        return needConfirmation(persons, TRAITS, new Home.Unstated());
    }

    /** The same when the trait {@code country} of them all comes to be something that cannot be read. */
    Set<CustomerId> needConfirmationWhenUnreadable(Collection<CustomerId> persons) {
        return needConfirmation(persons, List.of(ADDRESS_COUNTRY), new Home.Unreadable());
    }

    private Set<CustomerId> needConfirmation(Collection<CustomerId> persons, List<String> names, Home otherwise) {
        var confirming = confirming();
        if (confirming.isEmpty() || persons.isEmpty()) return Set.of();
        var traits = profiles.traits(persons);
        return persons.stream()
                .filter(person -> {
                    var home = home(traits.getOrDefault(person, Map.of()), names);
                    return switch (home instanceof Home.Unstated ? otherwise : home) {
                        case Home.In(var code) -> confirming.contains(code);
                        case Home.Unreadable() -> true;
                        case Home.Unstated() -> false;
                    };
                })
                .collect(Collectors.toSet());
    }

    boolean anyDoubleOptIn() {
        return anyDoubleOptIn(jdbc);
    }

    static boolean anyDoubleOptIn(JdbcClient jdbc) {
        return jdbc.sql("select exists (select 1 from consent_countries where double_opt_in)")
                .query(Boolean.class)
                .single();
    }

    /** By the rules of each customer's country. */
    @Override
    public Map<CustomerId, Instant> quietUntil(Collection<CustomerId> customers, Instant at) {
        if (!hasHours()) return Map.of();
        var all = all();
        var persons = identities.canonical(customers);
        var traits = profiles.traits(Set.copyOf(persons.values()));
        var quiet = new HashMap<CustomerId, Instant>();
        persons.forEach((customer, person) -> {
            var ofPerson = traits.getOrDefault(person, Map.<String, JsonNode>of());
            var holding = switch (home(ofPerson, TRAITS)) {
                case Home.In(var code) ->
                    all.stream().filter(rule -> rule.country().equals(code)).toList();
                case Home.Unreadable() -> all;
                case Home.Unstated() -> List.<CountryRule>of();
            };
            var open = next(at, holding, ofPerson);
            if (open.isAfter(at)) quiet.put(customer, open);
        });
        return quiet;
    }

    /**
     * The first instant from {@code at} on at which every rule lets somebody be written to, each by its own clock; where there
     * is none, one far ahead.
     */
    private Instant next(Instant at, List<CountryRule> rules, Map<String, JsonNode> traits) {
        var open = at;
        while (!open.isAfter(at.plus(LOOK_AHEAD))) {
            var next = open;
            for (var rule : rules) next = rule.next(next, zone(traits, rule));
            if (next.equals(open)) return open;
            open = next;
        }
        return open;
    }

    private ZoneId zone(Map<String, JsonNode> traits, CountryRule rule) {
        return Optional.ofNullable(traits.get("timezone"))
                .filter(JsonNode::isString)
                .flatMap(value -> zone(value.asString()))
                .or(() -> Optional.ofNullable(rule.zone()).flatMap(Countries::zone))
                .orElse(clock.zone());
    }

    private boolean hasHours() {
        return jdbc.sql(
                        "select exists (select 1 from consent_countries where send_from is not null or quiet_days <> '{}')")
                .query(Boolean.class)
                .single();
    }

    private static Optional<ZoneId> zone(String name) {
        try {
            return Optional.of(ZoneId.of(name.strip()));
        } catch (DateTimeException notAZone) {
            return Optional.empty();
        }
    }

    private static CountryRule rule(ResultSet row) throws SQLException {
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (var day : (String[]) row.getArray("quiet_days").getArray()) days.add(DayOfWeek.valueOf(day));
        return new CountryRule(
                row.getString("country"),
                row.getString("zone"),
                row.getObject("send_from", LocalTime.class),
                row.getObject("send_to", LocalTime.class),
                days,
                row.getBoolean("double_opt_in"));
    }
}
