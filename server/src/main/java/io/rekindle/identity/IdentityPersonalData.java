package io.rekindle.identity;

import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Keyed hashes of identifiers, and how they came together. */
@Component
class IdentityPersonalData implements PersonalData {
    private final JdbcClient jdbc;

    IdentityPersonalData(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String module() {
        return "identity";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("identifiers", "customer_id"),
                PersonalTable.deleted("identity_merges", "winner"),
                PersonalTable.deleted("identity_conflicts", "customer_id"),
                PersonalTable.deleted("identity_links", "left_id"),
                PersonalTable.deleted("identity_separations", "left_id"),
                PersonalTable.deleted("identity_requests", "left_id"),
                PersonalTable.deleted("identity_candidates", "left_id").inClear());
    }

    /** A row that names two people goes with either. */
    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        for (var statement : List.of(
                "delete from identity_conflicts where identifier_id = any (:ids) or refused_customer_id = any (:ids)",
                "delete from identity_links where right_id = any (:ids) or winner = any (:ids) or loser = any (:ids)",
                "delete from identity_separations where right_id = any (:ids)",
                "delete from identity_requests where right_id = any (:ids)",
                "delete from identity_candidates where right_id = any (:ids)",
                "delete from identity_merges where loser = any (:ids)"))
            jdbc.sql(statement)
                    .param("ids", new SqlArrayValue("bigint", (Object[]) person.idValues()))
                    .update();
    }
}
