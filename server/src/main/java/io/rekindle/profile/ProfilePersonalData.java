package io.rekindle.profile;

import io.rekindle.platform.Mentions;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalArchive;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.Vault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Who a person is: their fields under their key, and what they said of themselves. Orders stay, of nobody. */
@Component
class ProfilePersonalData implements PersonalData {
    private static final String INSTEAD = '"' + Mentions.ERASED + '"';
    private static final int AT_ONCE = 10_000;

    private final PersonalStore personal;
    private final ProfileStore store;
    private final JdbcClient jdbc;
    private final Vault vault;

    ProfilePersonalData(PersonalStore personal, ProfileStore store, JdbcClient jdbc, Vault vault) {
        this.store = store;
        this.jdbc = jdbc;
        this.vault = vault;
        this.personal = personal;
    }

    @Override
    public String module() {
        return "profile";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("customers", "customer_id"),
                PersonalTable.deleted("traits", "customer_id").inClear(),
                PersonalTable.deleted("customer_tags", "customer_id").inClear(),
                PersonalTable.deleted("personal_fields", "customer_id"),
                PersonalTable.deleted("person_keys", "customer_id").sealing("wrapped", "person-key"),
                PersonalTable.deleted("person_key_numbers", "customer_id"),
                PersonalTable.nameless("orders_placed", "customer_id"),
                PersonalTable.nameless("orders_taken_back_whole", "customer_id"),
                PersonalTable.nameless("credit_customers", "customer_id"));
    }

    @Override
    public List<PersonalHistory> history() {
        return List.of(
                PersonalHistory.dropped("trait_changes").searching("value", "trait"),
                PersonalHistory.dropped("tag_changes").searching("value", "tag"),
                // A tag set by hand had the customer in the id of its batch once.
                PersonalHistory.kept("batches").naming("batch_id"));
    }

    /**
     * Of all keys the person ever had, also under ids that were merged since: backups of then have them. Whom they brought is
     * told no more at once, as far as their user ids are known; what else names them goes with the history.
     */
    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        jdbc.sql("""
                        update traits set value = cast(:erased as jsonb)
                        where trait in ('referredBy', 'referred_by', 'referrer') and value in (select to_jsonb(i) from unnest(:identifiers) as i)
                        """)
                .param("erased", INSTEAD)
                .param(
                        "identifiers",
                        new SqlArrayValue("text", person.identifiers().toArray()))
                .update();
        jdbc.sql("select number from person_key_numbers where customer_id = any (:ids)")
                .param("ids", new SqlArrayValue("bigint", (Object[]) person.idValues()))
                .query(row -> {
                    sealed.accept(vault.numbered(row.getLong("number")));
                });
    }

    private record Anew(String name, String value, String instead) {}

    /** What others' traits and tags say: each different word once, for whether it names somebody is told by its keyed hash. */
    @Override
    public void reword(Mentions gone) {
        var traits = naming(
                gone,
                "select distinct trait as name, value::text as value from traits where jsonb_typeof(value) not in ('boolean', 'null')");
        var tags = naming(gone, """
                select distinct e.key as name, (e.value -> 'v')::text as value from customer_tags, jsonb_each(tags) e
                where jsonb_typeof(e.value -> 'v') = 'string'
                """);
        if (traits.isEmpty() && tags.isEmpty()) return;
        store.lastMerge();
        said(traits, """
                update traits t set value = cast(w.instead as jsonb) from unnest(:names, :values, :instead) as w (name, value, instead)
                where t.trait = w.name and t.value = cast(w.value as jsonb)
                """);
        for (var tag : tags) said(List.of(tag), """
                    update customer_tags t set tags = jsonb_set(tags, array[w.name, 'v'], cast(w.instead as jsonb))
                    from unnest(:names, :values, :instead) as w (name, value, instead)
                    where t.tags #> array[w.name, 'v'] = cast(w.value as jsonb)
                    """);
    }

    private List<Anew> naming(Mentions gone, String sql) {
        var found = new ArrayList<Anew>();
        jdbc.sql(sql).withFetchSize(AT_ONCE).query(row -> {
            var value = row.getString("value");
            var instead = gone.without(row.getString("name"), value);
            if (!instead.equals(value)) found.add(new Anew(row.getString("name"), value, instead));
        });
        return found;
    }

    private void said(List<Anew> words, String sql) {
        jdbc.sql(sql)
                .param("names", ProfileStore.texts(words, Anew::name))
                .param("values", ProfileStore.texts(words, Anew::value))
                .param("instead", ProfileStore.texts(words, Anew::instead))
                .update();
    }

    @Override
    public void export(Person person, PersonalArchive into) {
        var rows = new ArrayList<List<@Nullable Object>>();
        for (var field : personal.openEverything(person.ids()))
            rows.add(List.of(field.field(), field.fact().value(), field.fact().at(), field.source()));
        into.add(module(), "fields", List.of("field", "value", "said_at", "source_id"), rows);
    }
}
