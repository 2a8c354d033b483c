package io.rekindle.export.files;

import io.rekindle.common.CustomerId;
import io.rekindle.export.Export;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.FileForm;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Writes profiles with their personal fields. These are put together in memory, never in the warehouse: the file they go to
 * and its parts, which lie beside it until it is whole, are the only place where they stand.
 */
final class ProfileFile implements AutoCloseable {
    private static final int AT_ONCE = 5_000;
    /** However many customers there are. */
    private static final String MEMORY = "256MB";

    private static final String ROW_GROUP = "16MB";
    /** Made anew: what is only taken out of a table keeps its place in memory. */
    private static final String EMPTY = """
            create or replace table profiles (customer_id bigint, user_id varchar, email varchar, phone varchar, first_name varchar,
                last_name varchar, name varchar, stage varchar, tier varchar, value_group varchar, scores varchar, traits varchar)
            """;

    /** Characters of what stands in memory before it is a part. */
    private static final long LARGEST_PART = 32L << 20;
    /** Of the fields that are short, about. */
    private static final int OF_A_ROW = 200;

    private static final Set<String> FIELDS = Set.of(
            PersonalFields.USER_ID,
            PersonalFields.EMAIL,
            PersonalFields.PHONE,
            PersonalFields.FIRST_NAME,
            PersonalFields.LAST_NAME,
            PersonalFields.NAME);

    private record Known(
            CustomerId customer,
            @Nullable String stage,
            @Nullable String tier,
            @Nullable String group,
            @Nullable String scores,
            @Nullable String traits) {
        static Known of(Row row) {
            return new Known(
                    new CustomerId(row.longValue("customer_id")),
                    row.nullableText("stage"),
                    row.nullableText("tier"),
                    row.nullableText("value_group"),
                    row.nullableText("scores"),
                    row.nullableText("traits"));
        }
    }

    private final Profiles profiles;
    private final boolean masked;
    private final DuckDBConnection connection;
    private final List<Known> waiting = new ArrayList<>();
    private final List<Path> parts = new ArrayList<>();
    private long held;

    ProfileFile(Profiles profiles, Export.Personal personal) throws SQLException {
        this.profiles = profiles;
        this.masked = personal == Export.Personal.MASKED;
        var properties = new Properties();
        // In memory, and nothing of it elsewhere on disk should there be too little: then it fails.
        properties.setProperty("temp_directory", "");
        properties.setProperty("memory_limit", MEMORY);
        properties.setProperty("threads", "1");
        // So that a row group ends by its size, whatever stands in it.
        properties.setProperty("preserve_insertion_order", "false");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties);
        execute(EMPTY);
    }

    long write(Warehouse warehouse, Sql sql, Path file, FileForm form) throws SQLException, IOException {
        try {
            warehouse.stream(sql, row -> {
                waiting.add(Known.of(row));
                if (waiting.size() >= AT_ONCE) append(file);
            });
            append(file);
            if (parts.isEmpty() || held > 0) endPart(file);
            var options = form == FileForm.PARQUET
                    ? "(format parquet, compression zstd, row_group_size_bytes '%s')".formatted(ROW_GROUP)
                    : "(format csv, header, compression gzip)";
            var paths = parts.stream().map(ProfileFile::quoted).collect(Collectors.joining(", "));
            try (var statement = connection.createStatement()) {
                return statement.executeLargeUpdate(
                        "copy (from read_parquet([%s])) to %s %s".formatted(paths, quoted(file), options));
            }
        } finally {
            for (var part : parts) Files.deleteIfExists(part);
        }
    }

    private static String quoted(Path file) {
        return "'" + file.toString().replace("'", "''") + "'";
    }

    /** A part is what fits into memory; of all of them one file is made, a row group at a time. */
    private void endPart(Path file) {
        var part = file.resolveSibling("%s.part-%d".formatted(file.getFileName(), parts.size()));
        parts.add(part);
        try {
            execute("copy profiles to %s (format parquet, row_group_size_bytes '%s')"
                    .formatted(quoted(part), ROW_GROUP));
            execute(EMPTY);
        } catch (SQLException e) {
            throw failed(e);
        }
        held = 0;
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static IllegalStateException failed(SQLException e) {
        return new IllegalStateException("profiles cannot be put together: " + e.getMessage(), e);
    }

    private void append(Path file) {
        var all = profiles.personal(waiting.stream().map(Known::customer).toList(), FIELDS);
        try (var appender = connection.createAppender("profiles")) {
            for (var known : waiting) {
                var clear = all.getOrDefault(known.customer(), PersonalFields.NONE);
                var personal = masked ? profiles.masked(clear) : clear;
                appender.beginRow();
                appender.append(known.customer().value());
                appender.append(personal.get(PersonalFields.USER_ID).orElse(null));
                appender.append(personal.get(PersonalFields.EMAIL).orElse(null));
                appender.append(personal.get(PersonalFields.PHONE).orElse(null));
                appender.append(personal.get(PersonalFields.FIRST_NAME).orElse(null));
                appender.append(personal.get(PersonalFields.LAST_NAME).orElse(null));
                appender.append(personal.get(PersonalFields.NAME).orElse(null));
                appender.append(known.stage());
                appender.append(known.tier());
                appender.append(known.group());
                appender.append(known.scores());
                appender.append(known.traits());
                appender.endRow();
                held += OF_A_ROW + length(known.scores()) + length(known.traits());
            }
        } catch (SQLException e) {
            throw failed(e);
        }
        waiting.clear();
        if (held >= LARGEST_PART) endPart(file);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** At most, as the engine says it. */
    String memory() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select current_setting('memory_limit')")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
