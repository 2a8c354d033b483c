package io.rekindle.models;

import io.rekindle.models.table.Table;
import io.rekindle.models.table.TableBuilder;
import java.util.List;
import java.util.OptionalLong;

/** A public data set as a table; fields without commas or quotes. */
public final class SharedTable {
    private SharedTable() {}

    /** A file under {@code shared/data}, its columns named as its heading says. */
    public static Table read(String file, String heading) {
        var builder = new TableBuilder(List.of(heading.split(",")), text -> OptionalLong.empty());
        for (var line : SharedData.rows(file)) {
            var cells = line.split(",", -1);
            for (int i = 0; i < cells.length; i++) builder.add(i, cells[i]);
        }
        return builder.build();
    }
}
