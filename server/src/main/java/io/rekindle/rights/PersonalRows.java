package io.rekindle.rights;

import io.rekindle.platform.Mentions;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.platform.PersonalTable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Carries out what the modules declare of their tables. Names in the statements are constants of our own code. */
@Component
class PersonalRows {
    private final JdbcClient jdbc;
    private final List<PersonalData> holders;

    PersonalRows(JdbcClient jdbc, ObjectProvider<PersonalData> holders) {
        this.jdbc = jdbc;
        this.holders = holders.orderedStream().toList();
    }

    List<PersonalData> holders() {
        return holders;
    }

    List<PersonalTable> tables() {
        return holders.stream().flatMap(h -> h.tables().stream()).toList();
    }

    List<PersonalHistory> histories() {
        return holders.stream().flatMap(h -> h.history().stream()).toList();
    }

    /** Deletes a person's rows and empties those that stay; how many went. Hands over what was sealed in them. */
    long erase(Person person, Consumer<byte[]> sealed) {
        for (var holder : holders) holder.erase(person, sealed);
        return erase(List.of(person.idValues()), sealed);
    }

    /** Deletes and empties the rows with these ids, also what came after; how many went. Hands over what was sealed in them. */
    long erase(Collection<Long> ids, Consumer<byte[]> sealed) {
        long rows = 0;
        for (var table : tables()) {
            if (table.customer().isEmpty()) continue;
            var mine = isOf(table);
            for (var column : table.sealed().keySet())
                jdbc.sql("select %s as sealed from %s where %s".formatted(column, table.name(), mine))
                        .param("ids", longs(ids))
                        .query(row -> {
                            var bytes = row.getBytes("sealed");
                            if (bytes != null) sealed.accept(bytes);
                        });
            if (table.treatment() == PersonalTable.Treatment.DELETED)
                rows += jdbc.sql("delete from %s where %s".formatted(table.name(), mine))
                        .param("ids", longs(ids))
                        .update();
            else if (!table.emptied().isEmpty())
                jdbc.sql("update %s set %s where %s"
                                .formatted(
                                        table.name(),
                                        table.emptied().stream()
                                                .map(c -> c + " = null")
                                                .collect(Collectors.joining(", ")),
                                        mine))
                        .param("ids", longs(ids))
                        .update();
        }
        return rows;
    }

    /** Says of a row that one of {@code :ids} is in it. */
    static String isOf(PersonalTable table) {
        return table.columns().stream().map(column -> column + " = any (:ids)").collect(Collectors.joining(" or "));
    }

    /** Takes out of rows that stay what names the erased in words. */
    void reword(Mentions gone, TransactionTemplate transactions) {
        for (var holder : holders) transactions.executeWithoutResult(status -> holder.reword(gone));
    }

    /** Puts other ids in the places of these, in rows that stay. */
    void rename(Map<Long, Long> ids) {
        var from = List.copyOf(ids.keySet());
        for (var table : tables()) {
            if (table.treatment() != PersonalTable.Treatment.NAMELESS
                    || table.customer().isEmpty()) continue;
            jdbc.sql(
                            "update %1$s set %2$s = m.new_id from unnest(:from, :to) as m (old_id, new_id) where %1$s.%2$s = m.old_id"
                                    .formatted(table.name(), table.customer().get()))
                    .param("from", longs(from))
                    .param("to", longs(from.stream().map(ids::get).toList()))
                    .update();
        }
    }

    static SqlArrayValue longs(Collection<Long> values) {
        return new SqlArrayValue("bigint", values.toArray());
    }
}
