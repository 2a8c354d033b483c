package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.PeopleToCompare;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What tells people apart: their sealed fields but the shop's own id, and those traits that say where they live and who they
 * are. Opened page by page, kept in memory as long as they are compared.
 */
@Component
class ComparedPeople implements PeopleToCompare {
    /** Traits in clear that a person has for long; the year of a birthday says nothing its day does not. */
    private static final Set<String> TRAITS = Set.of(
            "city",
            "suburb",
            "district",
            "town",
            "postcode",
            "postal_code",
            "zip",
            "state",
            "province",
            "region",
            "country",
            "gender",
            "sex",
            "street_number",
            "城市",
            "省份",
            "地区",
            "性别",
            "邮编");

    private static final Set<String> NOT_COMPARED = Set.of(PersonalFields.USER_ID, "avatar", "password", "token");
    private static final int AT_ONCE = 20_000;

    private final JdbcClient jdbc;
    private final PersonalStore personal;
    private final JsonMapper json;

    ComparedPeople(JdbcClient jdbc, PersonalStore personal, JsonMapper json) {
        this.jdbc = jdbc;
        this.personal = personal;
        this.json = json;
    }

    @Override
    public Compared read(@Nullable Integer sourceId) {
        var customers = jdbc.sql("""
                        select customer_id from customers c where known and (:source = 0
                            or exists (select 1 from personal_fields f where f.customer_id = c.customer_id and f.source_id = :source))
                        order by customer_id
                        """)
                .param("source", sourceId == null ? 0 : sourceId)
                .query((row, n) -> row.getLong("customer_id"))
                .list();
        var columns = new TreeMap<String, String[]>();
        var place = new long[customers.size()];
        for (int i = 0; i < place.length; i++) place[i] = customers.get(i);
        for (int from = 0; from < customers.size(); from += AT_ONCE) {
            var some = customers.subList(from, Math.min(customers.size(), from + AT_ONCE)).stream()
                    .map(CustomerId::new)
                    .toList();
            for (var opened : personal.open(some, Set.of()))
                if (!NOT_COMPARED.contains(opened.field()))
                    put(
                            columns,
                            place,
                            opened.field(),
                            opened.customer().value(),
                            opened.fact().value());
            traits(some, columns, place);
        }
        var names = new ArrayList<String>();
        var values = new ArrayList<List<String>>();
        columns.forEach((name, column) -> {
            // What everybody says alike, or nobody says twice over, tells nobody apart; a column of one value costs
            // time only.
            if (new HashSet<>(Arrays.asList(column)).size() < 3) return;
            names.add(name);
            values.add(Arrays.asList(column));
        });
        return new Compared(customers, names, values);
    }

    private void traits(List<CustomerId> some, Map<String, String[]> columns, long[] place) {
        jdbc.sql("""
                        select customer_id, trait, value::text as value from traits
                        where customer_id = any (:customers) and standing and trait = any (:traits)
                        """)
                .param("customers", ProfileStore.longs(some, CustomerId::value))
                .param("traits", ProfileStore.texts(List.copyOf(TRAITS), t -> t))
                .query(row -> {
                    var value = json.readTree(row.getString("value"));
                    if (value.isValueNode() && !value.isNull())
                        put(columns, place, row.getString("trait"), row.getLong("customer_id"), value.asString());
                });
    }

    private static void put(Map<String, String[]> columns, long[] place, String name, long customer, String value) {
        int at = Arrays.binarySearch(place, customer);
        if (at < 0) return;
        var column = columns.computeIfAbsent(name, any -> {
            var fresh = new String[place.length];
            Arrays.fill(fresh, "");
            return fresh;
        });
        column[at] = value;
    }
}
