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
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** A value one customer said in one field. The fingerprint is bound to both, so it compares no two people. */
    Value value(About about, String clear) {
        return new Value(vault.keyedHash("field:%s:%s".formatted(about.customer(), about.name()), clear), clear);
    }

    /** Folds facts into what stands. */
    void store(Facts<Value> facts) {
        if (facts.isEmpty()) return;
        var customers = facts.about().stream().map(About::customer).distinct().toList();
        var standing = facts.over(before(customers)).standing();
        seal(standing.stream().filter(Standing::changed).toList());
        refresh(standing.stream().filter(s -> !s.changed()).toList());
    }

    private Map<About, Fact<Value>> before(List<CustomerId> customers) {
        var found = new HashMap<About, Fact<Value>>();
        jdbc.sql("""
                        select customer_id, field, fingerprint, set_at, seq, source_id from personal_fields
                        where customer_id = any (:customers)
                        """)
                .param("customers", ProfileStore.longs(customers, CustomerId::value))
                .query(row -> {
                    found.put(
                            new About(new CustomerId(row.getLong("customer_id")), row.getString("field")),
                            new Fact<>(
                                    new Value(row.getLong("fingerprint"), null),
                                    ProfileStore.instant(row, "set_at"),
                                    row.getLong("seq"),
                                    row.getInt("source_id")));
                });
        return found;
    }

    private void seal(List<Standing<Value>> changed) {
        if (changed.isEmpty()) return;
        var keys = keysOf(
                changed.stream().map(s -> s.about().customer()).distinct().toList());
        var sealed = new byte[changed.size()][];
        Arrays.parallelSetAll(sealed, i -> {
            var one = changed.get(i);
            return vault.sealField(
                    key(keys, one.about().customer()), one.about().name(), clear(one));
        });
        jdbc.sql("""
                        insert into personal_fields
                            (customer_id, field, sealed, fingerprint, address_hash, set_at, seq, source_id)
                        select c, f, v, p, nullif(h, 0), a, q, s from unnest
                            (:customers, :fields, :sealed, :fingerprints, :addresses, :at, :seq, :sources) as x (c, f, v, p, h, a, q, s)
                        on conflict (customer_id, field) do update set sealed = excluded.sealed,
                            fingerprint = excluded.fingerprint, address_hash = excluded.address_hash,
                            set_at = excluded.set_at, seq = excluded.seq, source_id = excluded.source_id
                        """)
                .param(
                        "customers",
                        ProfileStore.longs(changed, s -> s.about().customer().value()))
                .param("fields", ProfileStore.texts(changed, s -> s.about().name()))
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
                        from unnest(:customers, :fields, :at, :seq, :sources) as x (c, f, a, q, s)
                        where p.customer_id = x.c and p.field = x.f
                        """)
                .param(
                        "customers",
                        ProfileStore.longs(same, s -> s.about().customer().value()))
                .param("fields", ProfileStore.texts(same, s -> s.about().name()))
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
                    keys.put(new CustomerId(row.getLong("customer_id")), vault.unwrap(row.getBytes("wrapped")));
                });
        var without = customers.stream().filter(c -> !keys.containsKey(c)).toList();
        if (without.isEmpty()) return keys;
        var wrapped = new byte[without.size()][];
        var made = new PersonKey[without.size()];
        Arrays.parallelSetAll(wrapped, i -> {
            made[i] = vault.newPersonKey();
            return vault.wrap(made[i]);
        });
        for (int i = 0; i < made.length; i++) keys.put(without.get(i), made[i]);
        jdbc.sql("""
                        insert into person_keys (customer_id, wrapped, created_at)
                        select c, w, cast(:at as timestamptz) from unnest(:customers, :wrapped) as k (c, w)
                        """)
                .param("customers", ProfileStore.longs(without, CustomerId::value))
                .param("wrapped", new SqlArrayValue("bytea", (Object[]) wrapped))
                .param("at", ProfileStore.utc(clock.instant()))
                .update();
        return keys;
    }

    /** Re-seals the losers' fields under the winners' keys and destroys the losers' keys; what was said last stands. */
    void move(Map<CustomerId, CustomerId> winners) {
        var facts = new Facts<Value>();
        var losers = ProfileStore.longs(List.copyOf(winners.keySet()), CustomerId::value);
        jdbc.sql("""
                        select f.customer_id, k.wrapped, f.field, f.sealed, f.set_at, f.seq, f.source_id
                        from personal_fields f join person_keys k on k.customer_id = f.customer_id
                        where f.customer_id = any (:losers)
                        """).param("losers", losers).query(row -> {
            var loser = new CustomerId(row.getLong("customer_id"));
            var field = row.getString("field");
            var clear = vault.openField(vault.unwrap(row.getBytes("wrapped")), field, row.getBytes("sealed"));
            var about = new About(winners.getOrDefault(loser, loser), field);
            facts.say(
                    about,
                    new Fact<>(
                            value(about, clear),
                            ProfileStore.instant(row, "set_at"),
                            row.getLong("seq"),
                            row.getInt("source_id")));
        });
        jdbc.sql("delete from personal_fields where customer_id = any (:losers)")
                .param("losers", losers)
                .update();
        jdbc.sql("delete from person_keys where customer_id = any (:losers)")
                .param("losers", losers)
                .update();
        store(facts);
    }

    /** A personal field of one customer in clear. */
    record Opened(CustomerId customer, String field, Fact<String> fact) {}

    /** Opens fields of customers; all fields when none is named. */
    List<Opened> open(Collection<CustomerId> customers, Collection<String> fields) {
        var keys = new HashMap<CustomerId, PersonKey>();
        return jdbc.sql("""
                        select f.customer_id, k.wrapped, f.field, f.sealed, f.set_at, f.seq, f.source_id
                        from personal_fields f join person_keys k on k.customer_id = f.customer_id
                        where f.customer_id = any (:customers) and (cardinality(:fields) = 0 or f.field = any (:fields))
                        order by f.customer_id, f.field
                        """)
                .param("customers", ProfileStore.longs(List.copyOf(customers), CustomerId::value))
                .param("fields", ProfileStore.texts(List.copyOf(fields), f -> f))
                .query((row, n) -> {
                    var customer = new CustomerId(row.getLong("customer_id"));
                    var wrapped = row.getBytes("wrapped");
                    var key = keys.computeIfAbsent(customer, c -> vault.unwrap(wrapped));
                    var field = row.getString("field");
                    return new Opened(
                            customer,
                            field,
                            new Fact<>(
                                    vault.openField(key, field, row.getBytes("sealed")),
                                    ProfileStore.instant(row, "set_at"),
                                    row.getLong("seq"),
                                    row.getInt("source_id")));
                })
                .list();
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
