package io.rekindle.profile;

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
    private final PersonalStore personal;
    private final JdbcClient jdbc;
    private final Vault vault;

    ProfilePersonalData(PersonalStore personal, JdbcClient jdbc, Vault vault) {
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
        return List.of(PersonalHistory.dropped("trait_changes"), PersonalHistory.dropped("tag_changes"));
    }

    /** Of all keys the person ever had, also under ids that were merged since: backups of then have them. */
    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        jdbc.sql("select number from person_key_numbers where customer_id = any (:ids)")
                .param("ids", new SqlArrayValue("bigint", (Object[]) person.idValues()))
                .query(row -> {
                    sealed.accept(vault.numbered(row.getLong("number")));
                });
    }

    @Override
    public void export(Person person, PersonalArchive into) {
        var rows = new ArrayList<List<@Nullable Object>>();
        for (var field : personal.openEverything(person.ids()))
            rows.add(List.of(field.field(), field.fact().value(), field.fact().at(), field.source()));
        into.add(module(), "fields", List.of("field", "value", "said_at", "source_id"), rows);
    }
}
