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
    private final IdentityRules rules;

    IdentityPersonalData(JdbcClient jdbc, IdentityRules rules) {
        this.jdbc = jdbc;
        this.rules = rules;
    }

    @Override
    public String module() {
        return "identity";
    }

    /** What tells of two people is in the archive of both, and goes with either. */
    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("identifiers", "customer_id"),
                PersonalTable.deleted("identity_merges", "winner").orBy("loser"),
                PersonalTable.deleted("identity_conflicts", "customer_id").orBy("identifier_id", "refused_customer_id"),
                PersonalTable.deleted("identity_links", "left_id").orBy("right_id"),
                PersonalTable.deleted("identity_separations", "left_id").orBy("right_id"),
                PersonalTable.deleted("identity_requests", "left_id").orBy("right_id"),
                PersonalTable.deleted("identity_candidates", "left_id")
                        .orBy("right_id")
                        .inClear(),
                PersonalTable.searched("identity_rules").inClear());
    }

    /**
     * A link joins the identifiers it names. Where both are another's, who was one customer with the erased at the time, it
     * holds that one together and stays: only the customer of then is nobody any more, and a second one another nobody.
     */
    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        jdbc.sql("""
                        update identity_links set winner = case when winner = any (:ids) then 0 else winner end,
                            loser = case when loser <> all (:ids) then loser when loser = winner then 0 else -1 end
                        where (winner = any (:ids) or loser = any (:ids)) and left_id <> all (:ids) and right_id <> all (:ids)
                        """)
                .param("ids", new SqlArrayValue("bigint", (Object[]) person.idValues()))
                .update();
        rules.forget(person);
    }
}
