package io.rekindle.consent;

import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * What a person allowed. An address nobody may write to stays on its list, as a keyed hash: that is its owner's wish. What
 * was noted of it goes.
 */
@Component
class ConsentPersonalData implements PersonalData {
    private final JdbcClient jdbc;

    ConsentPersonalData(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String module() {
        return "consent";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("consents", "customer_id"),
                PersonalTable.deleted("consent_statements", "identity_id"),
                PersonalTable.deleted("consent_sayings", "identity_id"),
                PersonalTable.deleted("consent_changes_pending", "customer_id"),
                PersonalTable.deleted("consent_evidence", "customer_id").sealing("sealed_proof", Consents.PROOF),
                PersonalTable.deleted("consent_confirmations", "customer_id"),
                PersonalTable.deleted("contact_units", "customer_id"),
                PersonalTable.kept("suppressions").sealing("sealed_note", Suppressions.NOTE));
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        jdbc.sql("""
                        with noted as (
                            select ctid as place, sealed_note from suppressions
                            where address_hash = any (:ids) and sealed_note is not null for update)
                        update suppressions s set sealed_note = null from noted where s.ctid = noted.place
                        returning noted.sealed_note
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) person.idValues()))
                .query(row -> {
                    sealed.accept(row.getBytes("sealed_note"));
                });
    }
}
