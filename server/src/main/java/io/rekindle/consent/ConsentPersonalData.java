package io.rekindle.consent;

import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalArchive;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
    private final Vault vault;

    ConsentPersonalData(JdbcClient jdbc, Vault vault) {
        this.jdbc = jdbc;
        this.vault = vault;
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
                PersonalTable.deleted("consent_addresses", "customer_id"),
                PersonalTable.deleted("contact_units", "customer_id"),
                PersonalTable.kept("suppressions").sealing("sealed_note", Suppressions.NOTE),
                PersonalTable.kept("lifted_suppressions").sealing("sealed_note", Suppressions.NOTE));
    }

    /** What is sealed: the proofs of what the person said, and what stands of their addresses on the lists. */
    @Override
    public void export(Person person, PersonalArchive into) {
        var proofs = new ArrayList<List<@Nullable Object>>();
        jdbc.sql("""
                        select said_at, purpose, channel, nullif(topic, '') as topic, granted, sealed_proof
                        from consent_evidence where customer_id = any (:ids) and sealed_proof is not null order by id
                        """).param("ids", ids(person)).query(row -> {
            var proof = opened(Consents.PROOF, row.getBytes("sealed_proof"));
            if (proof == null) return;
            var line = new ArrayList<@Nullable Object>();
            line.add(ConsentStore.instant(row, "said_at").toString());
            line.add(row.getString("purpose"));
            line.add(row.getString("channel"));
            line.add(row.getString("topic"));
            line.add(row.getBoolean("granted"));
            line.add(proof);
            proofs.add(line);
        });
        into.add(module(), "proofs", List.of("said_at", "purpose", "channel", "topic", "granted", "proof"), proofs);
        var entries = new ArrayList<List<@Nullable Object>>();
        jdbc.sql("""
                        select channel, reason, nullif(topic, '') as topic, suppressed_at, sealed_note
                        from suppressions where address_hash = any (:ids) order by suppressed_at
                        """).param("ids", ids(person)).query(row -> {
            var line = new ArrayList<@Nullable Object>();
            line.add(row.getString("channel"));
            line.add(row.getString("reason"));
            line.add(row.getString("topic"));
            line.add(ConsentStore.instant(row, "suppressed_at").toString());
            line.add(opened(Suppressions.NOTE, row.getBytes("sealed_note")));
            entries.add(line);
        });
        into.add(module(), "not_written_to", List.of("channel", "reason", "topic", "since", "note"), entries);
    }

    private @Nullable String opened(String context, byte @Nullable [] sealed) {
        if (sealed == null || vault.isDestroyed(sealed)) return null;
        return new String(vault.open(context, sealed), StandardCharsets.UTF_8);
    }

    private static SqlArrayValue ids(Person person) {
        return new SqlArrayValue("bigint", (Object[]) person.idValues());
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        var notes = new ArrayList<byte[]>();
        for (var table : List.of("suppressions", "lifted_suppressions"))
            jdbc.sql("""
                        with noted as (
                            select ctid as place, sealed_note from %1$s
                            where address_hash = any (:ids) and sealed_note is not null for update)
                        update %1$s s set sealed_note = null from noted where s.ctid = noted.place
                        returning noted.sealed_note
                        """.formatted(table)).param("ids", ids(person)).query(row -> {
                notes.add(row.getBytes("sealed_note"));
            });
        ConsentStore.heldByNobody(jdbc, notes).forEach(sealed);
    }
}
