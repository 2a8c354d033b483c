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
 * What holds in a customer's country. The country is the trait {@code country} or {@code address.country}, two letters or a
 * name in English, Chinese or its own language; the zone is the trait {@code timezone}, else the country's, else the
 * company's.
 */
@Component
public class Countries implements CustomerHours {
    private static final Map<String, String> BY_NAME = names();

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
        for (var trait : List.of("country", "address.country")) {
            var value = traits.get(trait);
            if (value == null || !value.isString()) continue;
            var code = code(value.asString());
            if (code != null) return Optional.of(code);
        }
        return Optional.empty();
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

    static @Nullable String code(String name) {
        return BY_NAME.get(name.strip().toLowerCase(Locale.ROOT));
    }

    /**
     * What customers' traits call their countries, as it is written there: SQL folds no case as Java does.
     *
     * @param others what names a country where nobody has to confirm
     * @param none what names no country
     */
    record Words(List<String> others, List<String> none) {
        static final Words NONE = new Words(List.of(), List.of());
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
        for (var word : found.query((row, n) -> row.getString("value")).list()) {
            var code = code(word);
            if (code == null) none.add(word);
            else if (!confirming.contains(code)) others.add(word);
        }
        return new Words(others, none);
    }

    /** Whether what a customer agrees to by mail must be confirmed there before it holds. */
    boolean needsConfirmation(CustomerId customer) {
        var person = identities.canonical(customer);
        return needConfirmation(Set.of(person)).contains(person);
    }

    /** Those of some customers of today of whom that is so. */
    Set<CustomerId> needConfirmation(Collection<CustomerId> persons) {
        var confirming = confirming();
        if (confirming.isEmpty() || persons.isEmpty()) return Set.of();
        var traits = profiles.traits(persons);
        return persons.stream()
                .filter(person -> country(traits.getOrDefault(person, Map.of()))
                        .filter(confirming::contains)
                        .isPresent())
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
        var rules = all().stream().collect(Collectors.toMap(CountryRule::country, rule -> rule));
        var persons = identities.canonical(customers);
        var traits = profiles.traits(Set.copyOf(persons.values()));
        var quiet = new HashMap<CustomerId, Instant>();
        persons.forEach((customer, person) -> {
            var ofPerson = traits.getOrDefault(person, Map.<String, JsonNode>of());
            var rule = country(ofPerson).map(rules::get).orElse(null);
            if (rule == null) return;
            var open = rule.next(at, zone(ofPerson, rule));
            if (open.isAfter(at)) quiet.put(customer, open);
        });
        return quiet;
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

    private static Map<String, String> names() {
        var names = new HashMap<String, String>();
        for (var code : Locale.getISOCountries()) {
            var country = Locale.of("", code);
            names.put(country.getDisplayCountry(Locale.ENGLISH).toLowerCase(Locale.ROOT), code);
            names.put(country.getDisplayCountry(Locale.CHINESE), code);
            names.put(country.getISO3Country().toLowerCase(Locale.ROOT), code);
        }
        for (var locale : Locale.getAvailableLocales())
            if (!locale.getCountry().isEmpty())
                names.putIfAbsent(locale.getDisplayCountry(locale).toLowerCase(Locale.ROOT), locale.getCountry());
        // Its own code stands for a country, whatever it is called elsewhere.
        for (var code : Locale.getISOCountries()) names.put(code.toLowerCase(Locale.ROOT), code);
        return Map.copyOf(names);
    }
}
