package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.testing.RekindleTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An import that was written down and then could not begin, and files no import knows of. */
@RekindleTest
class ImportThatCannotBeginTest {
    private static final ImportMapping COSTS = ImportMapping.of(ImportKind.COSTS, Map.of());

    private final FileImports imports;
    private final JdbcClient jdbc;
    private final Path own;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    ImportThatCannotBeginTest(
            @Autowired FileImports imports, @Autowired JdbcClient jdbc, @Autowired PlatformSettings settings) {
        this.imports = imports;
        this.jdbc = jdbc;
        this.own = settings.data().resolve("imports");
    }

    @Test
    void isFailedAndLeavesTheFileWhereItWas() throws Exception {
        var file = Files.writeString(
                folder.resolve("costs.csv"), "day,channel,campaign,amount\n2026-01-05,email,%s,1\n".formatted(mark));
        long last = jdbc.sql("select nextval(pg_get_serial_sequence('imports', 'id'))")
                .query(Long.class)
                .single();
        // Where the file is to go lies something that does not give way.
        var inTheWay = LongStream.rangeClosed(last + 1, last + 3)
                .mapToObj(id -> own.resolve(id + ".file").resolve("in the way"))
                .toList();
        for (var one : inTheWay) Files.createDirectories(one);
        try {
            assertThatThrownBy(() -> imports.start(file, mark + ".csv", COSTS, false, true))
                    .hasMessageContaining("could not be moved");
        } finally {
            for (var one : inTheWay) {
                Files.delete(one);
                Files.delete(one.getParent());
            }
        }
        var failed = imports.list(Long.MAX_VALUE, 20).items().stream()
                .filter(one -> one.fileName().equals(mark + ".csv"))
                .findFirst()
                .orElseThrow();
        assertThat(failed.state()).isEqualTo(Imports.State.FAILED);
        assertThat(failed.failure()).isNotBlank();
        assertThat(file).as("nobody read it").isRegularFile();
        var again = imports.start(file, mark + ".csv", COSTS, false, true);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(again.id()).state() == Imports.State.DONE);
    }

    @Test
    void aFileOfNoRunningImportIsSweptAtTheStart() throws Exception {
        Files.createDirectories(own);
        var left =
                Files.writeString(own.resolve("999999999.file"), "customer,email\nc,left@%s.example\n".formatted(mark));
        imports.sweep();
        assertThat(left).doesNotExist();
    }
}
