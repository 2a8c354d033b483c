package io.rekindle.access;

import io.rekindle.platform.Mentions;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The audit trail is to hold no personal data; where somebody's address stands in it all the same, it is taken out. */
@Component
class AccessPersonalData implements PersonalData {
    private static final int AT_ONCE = 10_000;

    private final JdbcClient jdbc;

    AccessPersonalData(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String module() {
        return "access";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.searched("audit_trail").inClear(),
                PersonalTable.nameless("person_accesses", "customer_id", "reason"));
    }

    private static boolean isAbout(Person person, String thing) {
        return Arrays.stream(thing.split(" "))
                .anyMatch(word ->
                        person.ids().stream().anyMatch(id -> id.toString().equals(word)));
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        var naming = new ArrayList<Long>();
        jdbc.sql("select id, action, thing, detail from audit_trail").query(row -> {
            var thing = row.getString("thing");
            boolean isTheirReason =
                    row.getString("action").equals(AuditTrail.REASON_OF_A_MERGE) && isAbout(person, thing);
            if (isTheirReason || person.isIn(row.getString("detail")) || person.isIn(thing))
                naming.add(row.getLong("id"));
        });
        jdbc.sql("update audit_trail set thing = '[erased]', detail = '[erased]' where id = any (:ids)")
                .param("ids", new SqlArrayValue("bigint", naming.toArray()))
                .update();
    }

    /** That something was done with a customer stays, by whom and when: of nobody. */
    @Override
    public void reword(Mentions gone) {
        record Words(long id, String thing, String detail) {}
        var renamed = new ArrayList<Words>();
        jdbc.sql("select id, thing, detail from audit_trail where thing ~ '[0-9]' or detail ~ '[0-9]'")
                .withFetchSize(AT_ONCE)
                .query(row -> {
                    var thing = gone.renamed(row.getString("thing"));
                    var detail = gone.renamed(row.getString("detail"));
                    if (!thing.equals(row.getString("thing")) || !detail.equals(row.getString("detail")))
                        renamed.add(new Words(row.getLong("id"), thing, detail));
                });
        jdbc.sql("""
                        update audit_trail a set thing = m.thing, detail = m.detail
                        from unnest(:ids, :things, :details) as m (id, thing, detail) where a.id = m.id
                        """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "bigint", renamed.stream().map(Words::id).toArray()))
                .param(
                        "things",
                        new SqlArrayValue(
                                "text", renamed.stream().map(Words::thing).toArray()))
                .param(
                        "details",
                        new SqlArrayValue(
                                "text", renamed.stream().map(Words::detail).toArray()))
                .update();
    }
}
