package io.rekindle.profile;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Questions;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.platform.Vault.PersonKey;
import io.rekindle.profile.Facts.Fact;
import io.rekindle.profile.Facts.Series;
import io.rekindle.profile.Facts.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Personal fields, sealed one by one under a key per person. Values are in clear in memory only; whether a field
 * changed is seen from its fingerprint, without opening it.
 */
@Component
class PersonalStore {
    /** Something that mail can be sent to: one @, no blanks or control characters, a domain with a dot or an address. */
    private static final Pattern ADDRESS =
            Pattern.compile("[^@\\s\\p{Cntrl}<>,;]+@[^@\\s\\p{Cntrl}<>,;]+\\.[^@\\s\\p{Cntrl}<>,;.]+");

    private static final long NO_ADDRESS = 0;

    private static final String OF_ONE = "f.customer_id = :ids";

    private final JdbcClient jdbc;
    private final Questions questions;
    private final Vault vault;
    private final Identifiers identifiers;
    private final SystemClock clock;

    PersonalStore(JdbcClient jdbc, Questions questions, Vault vault, Identifiers identifiers, SystemClock clock) {
        this.questions = questions;
        this.jdbc = jdbc;
        this.vault = vault;
        this.identifiers = identifiers;
        this.clock = clock;
    }

    /** A personal value: known by its fingerprint, in clear only when it was said just now. */
    record Value(long fingerprint, @Nullable String clear) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Value(var its, var ignored) && its == fingerprint;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(fingerprint);
        }

        @Override
        public String toString() {
            return "Value[secret]";
        }
    }

    /** A value one identity said in one field. The fingerprint is bound to both, so it compares no two people. */
    Value value(Series series, String clear) {
        return new Value(vault.keyedHash("field:%s:%s".formatted(series.identity(), series.name()), clear), clear);
    }

    /**
     * Folds facts into what their series say, and lets the rules choose what stands.
     *
     * @param people whose each identity is
     */
    void store(Facts<Value> facts, Map<CustomerId, CustomerId> people) {
        if (facts.isEmpty()) return;
        var whose = new HashMap<CustomerId, CustomerId>();
        var before = before(facts.identities(), people, whose);
        whose.putAll(people);
        var standing = facts.over(before);
        seal(standing.stream().filter(Standing::changed).toList(), people);
        refresh(standing.stream().filter(s -> !s.changed()).toList());
        choose(contested(facts.series(), before.keySet(), whose));
    }

    private record Of(CustomerId person, String field) {}

    /** People and fields of which several series have said something. */
    private static List<Of> contested(
            Collection<Series> now, Collection<Series> before, Map<CustomerId, CustomerId> people) {
        var one = new HashMap<Of, Series>();
        var contested = new HashSet<Of>();
        for (var all : List.of(now, before))
            for (var series : all) {
                var of = new Of(people.getOrDefault(series.identity(), series.identity()), series.name());
                var first = one.putIfAbsent(of, series);
                if (first != null && !first.equals(series)) contested.add(of);
            }
        return List.copyOf(contested);
    }

    private void choose(List<Of> contested) {
        if (contested.isEmpty()) return;
        Choice.FIELDS
                .choose(
                        jdbc,
                        "t.customer_id = any (:customers) and (t.customer_id, t.field) in (select * from unnest(:customers, :fields))")
                .param(
                        "customers",
                        ProfileStore.longs(contested, of -> of.person().value()))
                .param("fields", ProfileStore.texts(contested, Of::field))
                .update();
    }

    private void chooseOf(Collection<CustomerId> customers) {
        Choice.FIELDS
                .choose(jdbc, "t.customer_id = any (:customers)")
                .param("customers", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                .update();
    }

    /** Everything said of the people some identities belong to: by today's map, or as it was when they were last seen. */
    private Map<Series, Fact<Value>> before(
            Collection<CustomerId> identities, Map<CustomerId, CustomerId> people, Map<CustomerId, CustomerId> whose) {
        var found = new HashMap<Series, Fact<Value>>();
        var persons = identities.stream()
                .map(identity -> people.getOrDefault(identity, identity))
                .distinct()
                .toList();
        jdbc.sql("""
                        select customer_id, identity_id, field, source_id, import_id, fingerprint, set_at, seq from personal_fields
                        where customer_id = any (:customers) or identity_id = any (:identities)
                        """)
                .param("customers", ProfileStore.longs(persons, CustomerId::value))
                .param("identities", ProfileStore.longs(List.copyOf(identities), CustomerId::value))
                .query(row -> {
                    var identity = new CustomerId(row.getLong("identity_id"));
                    whose.put(identity, new CustomerId(row.getLong("customer_id")));
                    found.put(
                            new Series(
                                    identity,
                                    row.getString("field"),
                                    row.getInt("source_id"),
                                    row.getLong("import_id")),
                            new Fact<>(
                                    new Value(row.getLong("fingerprint"), null),
                                    ProfileStore.instant(row, "set_at"),
                                    row.getLong("seq")));
                });
        return found;
    }

    private void seal(List<Standing<Value>> changed, Map<CustomerId, CustomerId> people) {
        if (changed.isEmpty()) return;
        var persons = changed.stream()
                .map(s -> people.getOrDefault(s.series().identity(), s.series().identity()))
                .toList();
        var keys = keysOf(persons.stream().distinct().toList());
        var sealed = new byte[changed.size()][];
        Arrays.parallelSetAll(sealed, i -> {
            var one = changed.get(i);
            return vault.sealField(key(keys, persons.get(i)), one.series().name(), clear(one));
        });
        jdbc.sql("""
                        insert into personal_fields
                            (customer_id, identity_id, field, import_id, sealed, fingerprint, address_hash, set_at, seq, source_id)
                        select c, i, f, m, v, p, nullif(h, 0), a, q, s from unnest
                            (:customers, :identities, :fields, :imports, :sealed, :fingerprints, :addresses, :at, :seq, :sources)
                            as x (c, i, f, m, v, p, h, a, q, s)
                        on conflict (identity_id, field, source_id, import_id) do update set customer_id = excluded.customer_id,
                            sealed = excluded.sealed, fingerprint = excluded.fingerprint, address_hash = excluded.address_hash,
                            set_at = excluded.set_at, seq = excluded.seq
                        """)
                .param("customers", ProfileStore.longs(persons, CustomerId::value))
                .param(
                        "identities",
                        ProfileStore.longs(changed, s -> s.series().identity().value()))
                .param("fields", ProfileStore.texts(changed, s -> s.series().name()))
                .param("imports", ProfileStore.longs(changed, s -> s.series().importId()))
                .param("sealed", new SqlArrayValue("bytea", (Object[]) sealed))
                .param(
                        "fingerprints",
                        ProfileStore.longs(changed, s -> s.fact().value().fingerprint()))
                .param(
                        "addresses",
                        ProfileStore.longs(changed, s -> addressHash(s.series().name(), clear(s))))
                .param("at", ProfileStore.times(changed, s -> s.fact().at()))
                .param("seq", ProfileStore.longs(changed, s -> s.fact().seq()))
                .param("sources", sources(changed))
                .update();
    }

    private void refresh(List<Standing<Value>> same) {
        if (same.isEmpty()) return;
        jdbc.sql("""
                        update personal_fields p set set_at = x.a, seq = x.q
                        from unnest(:identities, :fields, :imports, :at, :seq, :sources) as x (i, f, m, a, q, s)
                        where p.identity_id = x.i and p.field = x.f and p.source_id = x.s and p.import_id = x.m
                        """)
                .param(
                        "identities",
                        ProfileStore.longs(same, s -> s.series().identity().value()))
                .param("fields", ProfileStore.texts(same, s -> s.series().name()))
                .param("imports", ProfileStore.longs(same, s -> s.series().importId()))
                .param("at", ProfileStore.times(same, s -> s.fact().at()))
                .param("seq", ProfileStore.longs(same, s -> s.fact().seq()))
                .param("sources", sources(same))
                .update();
    }

    /** The keys of customers, made where there is none yet. */
    private Map<CustomerId, PersonKey> keysOf(List<CustomerId> customers) {
        var keys = new HashMap<CustomerId, PersonKey>();
        jdbc.sql("select customer_id, wrapped from person_keys where customer_id = any (:customers)")
                .param("customers", ProfileStore.longs(customers, CustomerId::value))
                .query(row -> {
                    var wrapped = row.getBytes("wrapped");
                    if (!vault.isDestroyed(wrapped))
                        keys.put(new CustomerId(row.getLong("customer_id")), vault.unwrap(wrapped));
                });
        var without = customers.stream().filter(c -> !keys.containsKey(c)).toList();
        if (without.isEmpty()) return keys;
        var wrapped = new byte[without.size()][];
        var made = new PersonKey[without.size()];
        var numbers = numbers(without.size());
        Arrays.parallelSetAll(wrapped, i -> {
            made[i] = vault.newPersonKey();
            return vault.wrap(made[i], numbers.get(i));
        });
        for (int i = 0; i < made.length; i++) keys.put(without.get(i), made[i]);
        jdbc.sql("""
                        with made as (
                            select c, w, n from unnest(:customers, :wrapped, :numbers) as k (c, w, n)),
                        numbered as (
                            insert into person_key_numbers (number, customer_id) select n, c from made)
                        insert into person_keys (customer_id, wrapped, created_at)
                        select c, w, cast(:at as timestamptz) from made
                        on conflict (customer_id) do update set wrapped = excluded.wrapped, created_at = excluded.created_at
                        """)
                .param("numbers", ProfileStore.longs(numbers.subList(0, without.size()), n -> n))
                .param("customers", ProfileStore.longs(without, CustomerId::value))
                .param("wrapped", new SqlArrayValue("bytea", (Object[]) wrapped))
                .param("at", ProfileStore.utc(clock.instant()))
                .update();
        return keys;
    }

    /** Numbers nobody's key had; after a restore some may be of persons erased since. */
    private List<Long> numbers(int many) {
        var numbers = new ArrayList<Long>(many);
        while (numbers.size() < many)
            numbers.addAll(jdbc.sql("""
                                    select nextval(pg_get_serial_sequence('person_key_numbers', 'number')) as number
                                    from generate_series(1, :many)
                                    """).param("many", many - numbers.size()).query(Long.class).list().stream()
                    .filter(vault::isUsable)
                    .toList());
        return numbers;
    }

    private record Moved(Series series, CustomerId person, String clear) {}

    /**
     * Gives what identities said to those they belong to today, sealed anew under that person's key, and destroys the keys
     * of people who have nothing left.
     *
     * @param touched whoever lost or gained an identity
     */
    void regroup(Collection<CustomerId> touched) {
        var customers = ProfileStore.longs(List.copyOf(touched), CustomerId::value);
        var moved = jdbc
                .sql("""
                        select f.identity_id, f.field, f.source_id, f.import_id, f.sealed, k.wrapped, a.customer_id
                        from personal_fields f join person_keys k on k.customer_id = f.customer_id
                        join customer_aliases a on a.alias_id = f.identity_id
                        where f.customer_id = any (:customers) and a.customer_id <> f.customer_id
                        order by f.identity_id, f.field, f.source_id, f.import_id
                        """)
                .param("customers", customers)
                .query((row, n) -> vault.isDestroyed(row.getBytes("wrapped"))
                        ? Optional.<Moved>empty()
                        : Optional.of(new Moved(
                                new Series(
                                        new CustomerId(row.getLong("identity_id")),
                                        row.getString("field"),
                                        row.getInt("source_id"),
                                        row.getLong("import_id")),
                                new CustomerId(row.getLong("customer_id")),
                                vault.openField(
                                        vault.unwrap(row.getBytes("wrapped")),
                                        row.getString("field"),
                                        row.getBytes("sealed")))))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
        if (!moved.isEmpty()) {
            var keys = keysOf(moved.stream().map(Moved::person).distinct().toList());
            var sealed = new byte[moved.size()][];
            Arrays.parallelSetAll(sealed, i -> {
                var one = moved.get(i);
                return vault.sealField(key(keys, one.person()), one.series().name(), one.clear());
            });
            jdbc.sql("""
                            update personal_fields f set customer_id = x.c, sealed = x.v
                            from unnest(:identities, :fields, :sources, :imports, :customers, :sealed) as x (i, f, s, m, c, v)
                            where f.identity_id = x.i and f.field = x.f and f.source_id = x.s and f.import_id = x.m
                            """)
                    .param(
                            "identities",
                            ProfileStore.longs(moved, m -> m.series().identity().value()))
                    .param("fields", ProfileStore.texts(moved, m -> m.series().name()))
                    .param("sources", ProfileStore.ints(moved, m -> m.series().source()))
                    .param("imports", ProfileStore.longs(moved, m -> m.series().importId()))
                    .param(
                            "customers",
                            ProfileStore.longs(moved, m -> m.person().value()))
                    .param("sealed", new SqlArrayValue("bytea", (Object[]) sealed))
                    .update();
        }
        jdbc.sql("""
                        delete from person_keys k where k.customer_id = any (:customers)
                            and not exists (select 1 from personal_fields f where f.customer_id = k.customer_id)
                        """).param("customers", customers).update();
        chooseOf(touched);
    }

    /** The identities whose user id in clear some imports brought. */
    List<CustomerId> namedBy(Collection<Long> imports) {
        return saidBy(imports, PersonalFields.USER_ID);
    }

    /** The identities whose address in clear some imports brought. */
    List<CustomerId> addressedBy(Collection<Long> imports) {
        return saidBy(imports, PersonalFields.EMAIL);
    }

    private List<CustomerId> saidBy(Collection<Long> imports, String field) {
        return jdbc.sql("""
                        select distinct identity_id from personal_fields where field = :field and import_id = any (:imports)
                        """)
                .param("field", field)
                .param("imports", ProfileStore.longs(List.copyOf(imports), id -> id))
                .query((row, n) -> new CustomerId(row.getLong("identity_id")))
                .list();
    }

    /**
     * Whose word else names an identity.
     *
     * @param importId 0: no import's
     */
    record Named(CustomerId identity, int source, long importId) {}

    /** What imports brought of a field is from now on others' word. */
    void rest(String field, Collection<Long> imports, List<Named> others) {
        jdbc.sql("""
                        update personal_fields p set source_id = x.source, import_id = x.import
                        from unnest(:identities, :sources, :others) as x (identity, source, import)
                        where p.identity_id = x.identity and p.field = :field and p.import_id = (
                                select min(o.import_id) from personal_fields o
                                where o.identity_id = x.identity and o.field = :field and o.import_id = any (:imports))
                            and not exists (
                                select 1 from personal_fields o
                                where o.identity_id = x.identity and o.field = :field and o.source_id = x.source and o.import_id = x.import)
                        """)
                .param(
                        "identities",
                        ProfileStore.longs(others, one -> one.identity().value()))
                .param("sources", ProfileStore.ints(others, Named::source))
                .param("others", ProfileStore.longs(others, Named::importId))
                .param("field", field)
                .param("imports", ProfileStore.longs(List.copyOf(imports), id -> id))
                .update();
    }

    /** Takes back what imports said; whose fields these were. The keys of people who have nothing left are destroyed. */
    Set<CustomerId> takeBack(Collection<Long> imports) {
        var customers = new HashSet<>(jdbc.sql("""
                        with gone as (delete from personal_fields where import_id = any (:imports) returning customer_id)
                        select distinct customer_id from gone
                        """)
                .param("imports", ProfileStore.longs(List.copyOf(imports), id -> id))
                .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                .list());
        if (customers.isEmpty()) return customers;
        jdbc.sql("""
                        delete from person_keys k where k.customer_id = any (:customers)
                            and not exists (select 1 from personal_fields f where f.customer_id = k.customer_id)
                        """)
                .param("customers", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                .update();
        chooseOf(customers);
        return customers;
    }

    /** A personal field of one customer in clear, who said so, and whether it is what stands. */
    record Opened(CustomerId customer, String field, int source, Fact<String> fact, boolean stands) {}

    /** Opens fields of customers; all fields when none is named. */
    List<Opened> open(Collection<CustomerId> customers, Collection<String> fields) {
        return open(customers, fields, false);
    }

    /** All that customers ever said of themselves, also where another word stands. */
    List<Opened> openEverything(Collection<CustomerId> customers) {
        return openEverything(customers, List.of());
    }

    /** All that customers ever said of some fields, also where another word stands. */
    List<Opened> openEverything(Collection<CustomerId> customers, Collection<String> fields) {
        return open(customers, fields, true);
    }

    private List<Opened> open(Collection<CustomerId> customers, Collection<String> fields, boolean everything) {
        // Of one customer by equality: a question by an array PostgreSQL plans anew each time.
        var question = customers.size() == 1
                ? words(OF_ONE, customers.iterator().next().value(), fields, everything)
                : words(
                        "f.customer_id = any (:ids)",
                        ProfileStore.longs(List.copyOf(customers), CustomerId::value),
                        fields,
                        everything);
        return opened(questions.ask(question).to(question));
    }

    /** The question for all that a customer ever said of themselves, also where another word stands; see {@link #opened}. */
    Questions.Question<Optional<Opened>> everything(CustomerId customer) {
        return words(OF_ONE, customer.value(), List.of(), true);
    }

    /** Each opened as it is read; empty where nobody can open it any more. */
    private Questions.Question<Optional<Opened>> words(
            String whose, Object ids, Collection<String> fields, boolean everything) {
        var keys = new HashMap<CustomerId, PersonKey>();
        return new Questions.Question<>(
                """
                        select f.customer_id, k.wrapped, f.field, f.sealed, f.set_at, f.seq, f.source_id, f.standing
                        from personal_fields f join person_keys k on k.customer_id = f.customer_id
                        where %s and (f.standing or :everything) and (cardinality(:fields) = 0 or f.field = any (:fields))
                        order by f.customer_id, f.field
                        """.formatted(whose),
                Map.of("ids", ids, "fields", ProfileStore.texts(List.copyOf(fields), f -> f), "everything", everything),
                (row, n) -> {
                    var customer = new CustomerId(row.getLong("customer_id"));
                    var wrapped = row.getBytes("wrapped");
                    if (vault.isDestroyed(wrapped)) return Optional.empty();
                    var key = keys.computeIfAbsent(customer, c -> vault.unwrap(wrapped));
                    var field = row.getString("field");
                    return Optional.of(new Opened(
                            customer,
                            field,
                            row.getInt("source_id"),
                            new Fact<>(
                                    vault.openField(key, field, row.getBytes("sealed")),
                                    ProfileStore.instant(row, "set_at"),
                                    row.getLong("seq")),
                            row.getBoolean("standing")));
                });
    }

    static List<Opened> opened(List<Optional<Opened>> words) {
        return words.stream().flatMap(Optional::stream).toList();
    }

    private long addressHash(String field, String clear) {
        var type = switch (field) {
            case PersonalFields.EMAIL -> ADDRESS.matcher(clear.strip()).matches() ? Identifier.Type.EMAIL : null;
            case PersonalFields.PHONE -> Identifier.Type.PHONE;
            default -> null;
        };
        return type == null
                ? NO_ADDRESS
                : identifiers.of(type, clear).map(i -> i.id().value()).orElse(NO_ADDRESS);
    }

    private static SqlArrayValue sources(List<Standing<Value>> rows) {
        return ProfileStore.ints(rows, s -> s.series().source());
    }

    private static PersonKey key(Map<CustomerId, PersonKey> keys, CustomerId customer) {
        var key = keys.get(customer);
        if (key == null) throw new IllegalStateException("customer %s has no key".formatted(customer));
        return key;
    }

    private static String clear(Standing<Value> standing) {
        var clear = standing.fact().value().clear();
        if (clear == null) throw new IllegalStateException("a value that was not said cannot be sealed");
        return clear;
    }
}
