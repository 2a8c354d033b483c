package io.rekindle.export.files;

import io.rekindle.common.CustomerId;
import io.rekindle.export.Export;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.FileForm;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Writes profiles with their personal fields. These are put together in memory, never in the warehouse or a temporary
 * file: the file they go to is the only place where they stand.
 */
final class ProfileFile implements AutoCloseable {
    private static final int AT_ONCE = 5_000;
    /** The personal fields a file has. */
    static final Set<String> FIELDS = Set.of(
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
            @Nullable String traits,
            @Nullable String tags) {
        static Known of(Row row) {
            return new Known(
                    new CustomerId(row.longValue("customer_id")),
                    row.nullableText("stage"),
                    row.nullableText("tier"),
                    row.nullableText("value_group"),
                    row.nullableText("scores"),
                    row.nullableText("traits"),
                    row.nullableText("tags"));
        }
    }

    private final Profiles profiles;
    private final boolean masked;
    private final DuckDBConnection connection;
    private final List<Known> waiting = new ArrayList<>();

    ProfileFile(Profiles profiles, Export.Personal personal) throws SQLException {
        this.profiles = profiles;
        this.masked = personal == Export.Personal.MASKED;
        var properties = new Properties();
        // In memory, and nothing of it on disk should there be too little: then it fails.
        properties.setProperty("temp_directory", "");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties);
        try (var statement = connection.createStatement()) {
            statement.execute("""
                    create table profiles (customer_id bigint, user_id varchar, email varchar, phone varchar, first_name varchar,
                        last_name varchar, name varchar, stage varchar, tier varchar, value_group varchar, scores varchar, traits varchar,
                        tags varchar)
                    """);
        }
    }

    long write(Warehouse warehouse, Sql sql, Path file, FileForm form) throws SQLException {
        try (var appender = connection.createAppender("profiles")) {
            warehouse.stream(sql, row -> {
                waiting.add(Known.of(row));
                if (waiting.size() >= AT_ONCE) append(appender);
            });
            append(appender);
        }
        var options = form == FileForm.PARQUET
                ? "(format parquet, compression zstd)"
                : "(format csv, header, compression gzip)";
        try (var statement = connection.createStatement()) {
            return statement.executeLargeUpdate(
                    "copy profiles to '%s' %s".formatted(file.toString().replace("'", "''"), options));
        }
    }

    private void append(DuckDBAppender appender) {
        var all = profiles.personal(waiting.stream().map(Known::customer).toList(), FIELDS);
        try {
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
                appender.append(known.tags());
                appender.endRow();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("profiles cannot be put together: " + e.getMessage(), e);
        }
        waiting.clear();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
