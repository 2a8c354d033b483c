package io.rekindle.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * No table can be added that an erasure or an archive passes by: whatever has a customer's id or something sealed in it is
 * claimed by a {@link PersonalData}, or stands here with the reason why it is about nobody.
 */
@RekindleTest
class PersonalTablesTest {
    private static final Pattern OF_A_PERSON = Pattern.compile(
            ".*(customer|alias|identit|identifier|loser|winner|person|address|e_?mail|phone|recipient|left_id|right_id).*");

    /** Columns that look like a person's and are not. */
    private static final Map<String, String> OF_NOBODY = Map.ofEntries(
            Map.entry("users.email", "somebody of the company, not a customer"),
            Map.entry("sources.personal_fields", "names of fields"),
            Map.entry("models.customers", "a count"),
            Map.entry("identity_searches.customers", "a count"),
            Map.entry("objectives.baseline_customers", "a count"),
            Map.entry("objectives.closing_customers", "a count"),
            Map.entry("erasure_ids.old_id", "gone when the erasure is finished"),
            Map.entry("api_keys.secret_hash", "a hash of a secret of the company"),
            Map.entry("write_keys.key_hash", "a hash of a secret of the company"),
            Map.entry("idempotent_answers.request_hash", "a hash of a whole request, for a day"),
            Map.entry("scheduled_tasks.task_data", "jobs have no data"));

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final List<PersonalData> holders;

    PersonalTablesTest(
            @Autowired JdbcClient jdbc, @Autowired Warehouse warehouse, @Autowired List<PersonalData> holders) {
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.holders = holders;
    }

    private record Column(String table, String name, String type) {
        String place() {
            return table + "." + name;
        }
    }

    private List<Column> columns() {
        return jdbc.sql("""
                        select c.table_name, c.column_name, c.data_type from information_schema.columns c
                        join information_schema.tables t using (table_schema, table_name)
                        where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
                        """)
                .query((row, n) -> new Column(
                        row.getString("table_name"), row.getString("column_name"), row.getString("data_type")))
                .list();
    }

    @Test
    void everyTableWithAPersonsColumnIsClaimedByAModule() {
        var claimed = holders.stream()
                .flatMap(h -> h.tables().stream())
                .map(PersonalTable::name)
                .collect(Collectors.toSet());
        var unclaimed = new TreeSet<String>();
        for (var column : columns())
            if ((OF_A_PERSON.matcher(column.name()).matches() || column.type().equals("bytea"))
                    && !claimed.contains(column.table())
                    && !OF_NOBODY.containsKey(column.place())) unclaimed.add(column.place());
        assertThat(unclaimed)
                .as(
                        "declare these in a PersonalData of their module (docs/personal-data.md, A new module), or say here why they are of nobody")
                .isEmpty();
    }

    @Test
    void everySealedColumnIsDeclaredSoThatItsKeysCanBeExchangedAndDestroyed() {
        var sealed = holders.stream()
                .flatMap(h -> h.tables().stream())
                .flatMap(t -> t.sealed().keySet().stream().map(c -> t.name() + "." + c))
                .collect(Collectors.toSet());
        assertThat(columns().stream()
                        .filter(c -> c.type().equals("bytea"))
                        .map(Column::place)
                        .filter(place -> !OF_NOBODY.containsKey(place))
                        // Under the person's own key, which is sealed in person_keys.
                        .filter(place -> !place.equals("personal_fields.sealed"))
                        .filter(place -> !sealed.contains(place)))
                .isEmpty();
    }

    @Test
    void whatIsDeclaredIsThere() {
        var there = columns();
        for (var holder : holders)
            for (var table : holder.tables()) {
                var names = there.stream()
                        .filter(c -> c.table().equals(table.name()))
                        .map(Column::name)
                        .toList();
                assertThat(names).as(table.name()).isNotEmpty().containsAll(table.emptied());
                assertThat(names).containsAll(table.sealed().keySet());
                assertThat(names).containsAll(table.columns());
            }
    }

    /** Written anew, the history finds customers by the names of columns. */
    @Test
    void theHistoryCallsAnIdOfACustomerByOneOfTwoNames() {
        var others = warehouse.query(
                Sql.of("""
                        select c.table_name || '.' || c.column_name as place, c.column_name as name, c.table_name as table_name
                        from information_schema.columns c
                        join information_schema.tables t on t.table_name = c.table_name and t.table_type = 'BASE TABLE'
                        where c.data_type = 'BIGINT'
                        """),
                row -> OF_A_PERSON.matcher(row.text("name")).matches()
                                && !row.text("name").equals("customer_id")
                                && !row.text("name").equals("alias_id")
                        ? row.text("place")
                        : "");
        assertThat(others).containsOnly("");
        var tables = warehouse.query(
                Sql.of("select table_name from information_schema.tables where table_type = 'BASE TABLE'"),
                row -> row.text("table_name"));
        for (var holder : holders)
            assertThat(tables)
                    .containsAll(holder.history().stream().map(h -> h.table()).toList());
    }
}
