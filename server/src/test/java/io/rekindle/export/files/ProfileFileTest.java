package io.rekindle.export.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.export.Export;
import io.rekindle.profile.Profiles;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.FileForm;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

@RekindleTest
class ProfileFileTest {
    private static final int MANY = 120_000;
    /** Of 4,000 characters each: twice the memory there is for them. */
    private static final Sql PROFILES = Sql.of("""
            select i as customer_id, 'new' as stage, null as tier, null as value_group, null as scores,
                repeat(md5(i::varchar), 125) as traits
            from range(%d) t(i)
            """.formatted(MANY));

    private final Warehouse warehouse;
    private final Profiles profiles;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    ProfileFileTest(@Autowired Warehouse warehouse, @Autowired Profiles profiles) {
        this.warehouse = warehouse;
        this.profiles = profiles;
    }

    @ParameterizedTest
    @EnumSource(FileForm.class)
    void profilesOfMoreThanTheMemoryAllComeIntoOneFile(FileForm form) throws Exception {
        var file = folder.resolve("profiles" + form.ending());
        try (var profileFile = new ProfileFile(profiles, Export.Personal.CLEAR)) {
            assertThat(profileFile.memory()).as("DuckDB's own words for 256 MB").isEqualTo("244.1 MiB");
            assertThat(profileFile.write(warehouse, PROFILES, file, form)).isEqualTo(MANY);
        }
        var read = form == FileForm.PARQUET ? "read_parquet('%s')" : "read_csv('%s', header = true)";
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement();
                var rows = statement.executeQuery("""
                        select count(*), count(distinct customer_id), max(customer_id),
                            count(*) filter (where traits = repeat(md5(customer_id::varchar), 125) and stage = 'new')
                        from %s
                        """.formatted(read.formatted(file)))) {
            rows.next();
            assertThat(rows.getLong(1)).isEqualTo(MANY);
            assertThat(rows.getLong(2)).isEqualTo(MANY);
            assertThat(rows.getLong(3)).isEqualTo(MANY - 1);
            assertThat(rows.getLong(4)).isEqualTo(MANY);
        }
        try (var left = Files.list(folder)) {
            assertThat(left).as("no part is left").containsExactly(file);
        }
    }

    @Test
    void aFileOfNobodyHasItsColumns() throws Exception {
        var file = folder.resolve("none.parquet");
        var nobody = Sql.of(
                "select 1 as customer_id, '' as stage, '' as tier, '' as value_group, '' as scores, '' as traits where false");
        try (var profileFile = new ProfileFile(profiles, Export.Personal.MASKED)) {
            assertThat(profileFile.write(warehouse, nobody, file, FileForm.PARQUET))
                    .isZero();
        }
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement();
                var rows = statement.executeQuery("select count(*) from (describe from '%s')".formatted(file))) {
            rows.next();
            assertThat(rows.getLong(1)).isEqualTo(12);
        }
    }
}
