package io.rekindle.profile;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import io.rekindle.platform.Vault.PersonKey;
import io.rekindle.profile.Facts.About;
import io.rekindle.profile.Facts.Fact;
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

    private final JdbcClient jdbc;
    private final Vault vault;
    private final Identifiers identifiers;
    private final SystemClock clock;

    PersonalStore(JdbcClient jdbc, Vault vault, Identifiers identifiers, SystemClock clock) {
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
    Value value(About about, String clear) {
        return new Value(vault.keyedHash("field:%s:%s".formatted(about.customer(), about.name()), clear), clear);
    }

    /**
     * Folds facts, said by identities, into what stands.
     *
     * @param people whose each identity is
     */
    void store(Facts<Value> facts, Map<CustomerId, CustomerId> people) {
        if (facts.isEmpty()) return;
        var persons = facts.about().stream()
                .map(a -> people.getOrDefault(a.customer(), a.customer()))
                .distinct()
                .toList();
        var whose = new HashMap<>(people);
        var before = before(persons, whose);
        var standing = facts.over(before).standing();
        seal(standing.stream().filter(Standing::changed).toList(), people);
        refresh(standing.stream().filter(s -> !s.changed()).toList());
        var mixed = ProfileStore.mixed(facts.about(), before.keySet(), whose);
        if (!mixed.isEmpty()) setStanding(mixed);
    }

    private void setStanding(Collection<CustomerId> customers) {
        jdbc.sql("""
                        update personal_fields f set standing = not f.standing
                        from (select identity_id, field, import_id, row_number() over (
                                  partition by customer_id, field order by set_at desc, seq desc, identity_id) = 1 as stands
                              from personal_fields where customer_id = any (:customers)) w
                        where w.identity_id = f.identity_id and w.field = f.field and w.import_id = f.import_id and w.stands <> f.standing
                        """)
                .param("customers", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                .update();
    }

    private Map<About, Fact<Value>> before(List<CustomerId> customers, Map<CustomerId, CustomerId> whose) {
        var found = new HashMap<About, Fact<Value>>();
        jdbc.sql("""
                        select customer_id, identity_id, field, import_id, fingerprint, set_at, seq, source_id from personal_fields
                        where customer_id = any (:customers)
                        """)
                .param("customers", ProfileStore.longs(customers, CustomerId::value))
                .query(row -> {
                    var identity = new CustomerId(row.getLong("identity_id"));
                    whose.put(identity, new CustomerId(row.getLong("customer_id")));
                    found.put(
                            new About(identity, row.getString("field"), row.getLong("import_id")),
                            new Fact<>(
                                    new Value(row.getLong("fingerprint"), null),
                                    ProfileStore.instant(row, "set_at"),
                                    row.getLong("seq"),
                                    row.getInt("source_id")));
                });
        return found;
    }

    private void seal(List<Standing<Value>> changed, Map<CustomerId, CustomerId> people) {
        if (changed.isEmpty()) return;
        var persons = changed.stream()
                .map(s -> people.getOrDefault(s.about().customer(), s.about().customer()))
                .toList();
        var keys = keysOf(persons.stream().distinct().toList());
        var sealed = new byte[changed.size()][];
        Arrays.parallelSetAll(sealed, i -> {
            var one = changed.get(i);
            return vault.sealField(key(keys, persons.get(i)), one.about().name(), clear(one));
        });
        jdbc.sql("""
                        insert into personal_fields
                            (customer_id, identity_id, field, import_id, sealed, fingerprint, address_hash, set_at, seq, source_id)
                        select c, i, f, m, v, p, nullif(h, 0), a, q, s from unnest
                            (:customers, :identities, :fields, :imports, :sealed, :fingerprints, :addresses, :at, :seq, :sources)
                            as x (c, i, f, m, v, p, h, a, q, s)
                        on conflict (identity_id, field, import_id) do update set sealed = excluded.sealed,
                            fingerprint = excluded.fingerprint, address_hash = excluded.address_hash,
                            set_at = excluded.set_at, seq = excluded.seq, source_id = excluded.source_id
                        """)
                .param("customers", ProfileStore.longs(persons, CustomerId::value))
                .param(
                        "identities",
                        ProfileStore.longs(changed, s -> s.about().customer().value()))
                .param("fields", ProfileStore.texts(changed, s -> s.about().name()))
                .param("imports", ProfileStore.longs(changed, s -> s.about().importId()))
                .param("sealed", new SqlArrayValue("bytea", (Object[]) sealed))
                .param(
                        "fingerprints",
                        ProfileStore.longs(changed, s -> s.fact().value().fingerprint()))
                .param(
                        "addresses",
                        ProfileStore.longs(changed, s -> addressHash(s.about().name(), clear(s))))
                .param("at", ProfileStore.times(changed, s -> s.fact().at()))
                .param("seq", ProfileStore.longs(changed, s -> s.fact().seq()))
                .param("sources", sources(changed))
                .update();
    }

    private void refresh(List<Standing<Value>> same) {
        if (same.isEmpty()) return;
        jdbc.sql("""
                        update personal_fields p set set_at = x.a, seq = x.q, source_id = x.s
                        from unnest(:identities, :fields, :imports, :at, :seq, :sources) as x (i, f, m, a, q, s)
                        where p.identity_id = x.i and p.field = x.f and p.import_id = x.m
                        """)
                .param(
                        "identities",
                        ProfileStore.longs(same, s -> s.about().customer().value()))
                .param("fields", ProfileStore.texts(same, s -> s.about().name()))
                .param("imports", ProfileStore.longs(same, s -> s.about().importId()))
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

    private record Moved(CustomerId identity, String field, long importId, CustomerId person, String clear) {}

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
                        select f.identity_id, f.field, f.import_id, f.sealed, k.wrapped, a.customer_id
                        from personal_fields f join person_keys k on k.customer_id = f.customer_id
                        join customer_aliases a on a.alias_id = f.identity_id
                        where f.customer_id = any (:customers) and a.customer_id <> f.customer_id
                        order by f.identity_id, f.field, f.import_id
                        """)
                .param("customers", customers)
                .query((row, n) -> vault.isDestroyed(row.getBytes("wrapped"))
                        ? Optional.<Moved>empty()
                        : Optional.of(new Moved(
                                new CustomerId(row.getLong("identity_id")),
                                row.getString("field"),
                                row.getLong("import_id"),
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
                return vault.sealField(key(keys, one.person()), one.field(), one.clear());
            });
            jdbc.sql("""
                            update personal_fields f set customer_id = x.c, sealed = x.v
                            from unnest(:identities, :fields, :imports, :customers, :sealed) as x (i, f, m, c, v)
                            where f.identity_id = x.i and f.field = x.f and f.import_id = x.m
                            """)
                    .param(
                            "identities",
                            ProfileStore.longs(moved, m -> m.identity().value()))
                    .param("fields", ProfileStore.texts(moved, Moved::field))
                    .param("imports", ProfileStore.longs(moved, Moved::importId))
                    .param(
                            "customers",
                            ProfileStore.longs(moved, m -> m.person().value()))
                    .param("sealed", new SqlArrayValue("bytea", (Object[]) sealed))
                    .update();
            jdbc.sql("""
                            delete from person_keys k where k.customer_id = any (:customers)
                                and not exists (select 1 from personal_fields f where f.customer_id = k.customer_id)
                            """).param("customers", customers).update();
        }
        setStanding(touched);
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
        setStanding(customers);
        return customers;
    }

    /** A personal field of one customer in clear. */
    record Opened(CustomerId customer, String field, Fact<String> fact) {}

    /** Opens fields of customers; all fields when none is named. */
    List<Opened> open(Collection<CustomerId> customers, Collection<String> fields) {
        return open(customers, fields, false);
    }

    /** All that customers ever said of themselves, also what something said later stands for. */
    List<Opened> openEverything(Collection<CustomerId> customers) {
        return open(customers, List.of(), true);
    }

    private List<Opened> open(Collection<CustomerId> customers, Collection<String> fields, boolean everything) {
        var keys = new HashMap<CustomerId, PersonKey>();
        return jdbc
                .sql("""
                        select f.customer_id, k.wrapped, f.field, f.sealed, f.set_at, f.seq, f.source_id
                        from personal_fields f join person_keys k on k.customer_id = f.customer_id
                        where f.customer_id = any (:customers) and (f.standing or :everything) and (cardinality(:fields) = 0 or f.field = any (:fields))
                        order by f.customer_id, f.field
                        """)
                .param("customers", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                .param("fields", ProfileStore.texts(List.copyOf(fields), f -> f))
                .param("everything", everything)
                .query((row, n) -> {
                    var customer = new CustomerId(row.getLong("customer_id"));
                    var wrapped = row.getBytes("wrapped");
                    if (vault.isDestroyed(wrapped)) return Optional.<Opened>empty();
                    var key = keys.computeIfAbsent(customer, c -> vault.unwrap(wrapped));
                    var field = row.getString("field");
                    return Optional.of(new Opened(
                            customer,
                            field,
                            new Fact<>(
                                    vault.openField(key, field, row.getBytes("sealed")),
                                    ProfileStore.instant(row, "set_at"),
                                    row.getLong("seq"),
                                    row.getInt("source_id"))));
                })
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
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
        return new SqlArrayValue(
                "int", rows.stream().map(s -> s.fact().source()).toArray());
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
