package io.rekindle.models;

import io.rekindle.models.table.Table;
import io.rekindle.models.table.TableBuilder;
import java.util.List;
import java.util.OptionalLong;

/** A public data set as a table. */
public final class SharedTable {
    private SharedTable() {}

    /** A file under {@code shared/data}; fields in quotes may hold commas. */
    public static Table read(String file) {
        return read(file, SharedData.lines(file).getFirst().replace("\"", ""));
    }

    /** The same, with names of the caller's for the columns. */
    public static Table read(String file, String heading) {
        var builder = new TableBuilder(List.of(heading.split(",")), text -> OptionalLong.empty());
        for (var line : SharedData.rows(file)) {
            int column = 0;
            var value = new StringBuilder();
            boolean quoted = false;
            for (char c : (line + ",").toCharArray())
                if (c == '"') quoted = !quoted;
                else if (c == ',' && !quoted) {
                    builder.add(column++, value.toString());
                    value.setLength(0);
                } else value.append(c);
        }
        return builder.build();
    }
}
