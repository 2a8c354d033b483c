package io.rekindle.collect.pulls;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Files that appear in a folder come in by themselves, whole, once, and leave a report. */
@RekindleTest
class WatchedFolderTest {
    private final WatchedFolders folders;
    private final Imports imports;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path elsewhere;

    WatchedFolderTest(
            @Autowired WatchedFolders folders,
            @Autowired Imports imports,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc) {
        this.folders = folders;
        this.imports = imports;
        this.warehouse = warehouse;
        this.jdbc = jdbc;
    }

    @Test
    void aFileComesInOnceItIsCompleteAndLiesWithItsReportAfterwards() throws Exception {
        var folder = folders.create(draft("costs " + mark, mark, "costs-*.csv", ImportKind.COSTS));
        var other = folders.create(draft("all " + mark, mark, "*", ImportKind.PRODUCTS));
        var place = Path.of(folder.place());
        assertThat(place).isDirectory();

        // Written under another name, half a file is never read.
        var half =
                Files.writeString(place.resolve("costs-1.csv.part"), "day,channel,campaign,amount\n2026-01-05,email,");
        Files.createSymbolicLink(
                place.resolve("costs-link.csv"), Files.writeString(elsewhere.resolve("x.csv"), "day,amount\n"));
        var first =
                "day,channel,campaign,amount\n2026-01-05,email,%1$s,100\n2026-01-05,email,%1$s,dear\n".formatted(mark);
        Files.writeString(place.resolve("costs-0.csv"), first);
        Files.createFile(place.resolve("costs-0.csv.done"));
        var done = over(folder, null);
        assertThat(done.state()).as("%s", done).isEqualTo(WatchedFolder.State.DONE);
        assertThat(List.of(Objects.requireNonNull(done.brought()), Objects.requireNonNull(done.rejected())))
                .containsExactly(1L, 1L);
        assertThat(imports.get(Objects.requireNonNull(done.importId())).origin())
                .isEqualTo(new Imports.Origin("folder", folder.id(), "costs " + mark));
        assertThat(place.resolve(Objects.requireNonNull(done.movedTo()))).hasContent(first);
        assertThat(place.resolve(done.movedTo() + ".report.json"))
                .content()
                .contains("\"row\":3", "bad_amount_of_money", "\"importId\":" + done.importId());
        assertThat(half).exists();
        assertThat(place.resolve("costs-link.csv")).exists();
        assertThat(place.resolve("costs-0.csv.done")).doesNotExist();

        // Renamed when it is complete; the same content again is no import.
        Files.writeString(half, "day,channel,campaign,amount\n2026-01-05,email,%s,90\n".formatted(mark));
        Files.move(half, place.resolve("costs-1.csv"));
        var second = over(folder, done.id());
        assertThat(costs()).isEqualTo("90.0000");
        Files.writeString(place.resolve("costs-again.csv"), first);
        var again = over(folder, second.id());
        assertThat(again.state()).isEqualTo(WatchedFolder.State.REPEATED);
        assertThat(again.importId()).isNull();
        assertThat(costs()).as("what was corrected stays so").isEqualTo("90.0000");
        imports.undo(done.importId());
        Files.writeString(place.resolve("costs-third.csv"), first);
        var third = over(folder, again.id());
        assertThat(third.state()).as("what was taken back may come again").isEqualTo(WatchedFolder.State.DONE);

        // What is no table of costs stays to be looked at; it went to the older entry of the two.
        Files.writeString(place.resolve("costs-bad.csv"), "a,b\n1,2\n");
        var bad = over(folder, third.id());
        assertThat(bad.state()).isEqualTo(WatchedFolder.State.FAILED);
        assertThat(bad.failureCode()).isEqualTo("import_mapping_invalid");
        assertThat(bad.movedTo()).startsWith("failed/");
        assertThat(folders.files(other.id(), Long.MAX_VALUE, 9).items()).isEmpty();

        // Taken when the server ended, and not yet read.
        long cut = jdbc.sql("""
                        insert into folder_files (folder_id, file_name, bytes, state, taken_at)
                        values (?, 'costs-cut.csv', 1, 'done', timestamptz '2026-01-01 00:00Z') returning id
                        """).param(folder.id()).query(Long.class).single();
        Files.writeString(
                place.resolve(".taken").resolve(cut + "-costs-cut.csv"),
                "day,channel,campaign,amount\n2026-01-06,email,%s,5\n".formatted(mark));
        jdbc.sql("update folder_files set state = 'taken' where id = ?")
                .param(cut)
                .update();
        assertThat(over(folder, bad.id()).brought()).isEqualTo(1);
        assertThat(place.resolve(".taken")).isEmptyDirectory();
        folders.update(
                folder.id(),
                new WatchedFolder.Draft(folder.name(), folder.folder(), folder.pattern(), folder.mapping(), false));
        folders.delete(other.id());
    }

    @Test
    void aFolderNobodyAllowedIsNotWatched() throws IOException {
        for (var folder : List.of("..", "../../etc", "/etc", elsewhere.toString(), "a/../../b"))
            assertThat(code(draft("n " + mark, folder, "*.csv", ImportKind.COSTS)))
                    .as(folder)
                    .isEqualTo("folder_not_allowed");
        assertThat(code(draft("n " + mark, "x", "../*.csv", ImportKind.COSTS))).isEqualTo("folder_pattern_invalid");
        assertThat(code(new WatchedFolder.Draft(
                        "n " + mark, "x", "*", ImportMapping.of(ImportKind.COSTS, Map.of("shoe_size", "s")), true)))
                .isEqualTo("import_mapping_invalid");
    }

    private String code(WatchedFolder.Draft draft) {
        try {
            folders.create(draft);
            return "none";
        } catch (Problem e) {
            return e.code();
        }
    }

    private static WatchedFolder.Draft draft(String name, String folder, String pattern, ImportKind kind) {
        return new WatchedFolder.Draft(name, folder, pattern, ImportMapping.of(kind, Map.of()), null);
    }

    private WatchedFolder.Taken over(WatchedFolder folder, @Nullable Long after) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> folders.files(folder.id(), Long.MAX_VALUE, 1).items().stream()
                                .filter(file -> after == null || file.id() > after)
                                .filter(file -> file.state() != WatchedFolder.State.TAKEN)
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private String costs() {
        return warehouse
                .first(
                        Sql.of("select coalesce(sum(amount), 0) as amount from costs_now where campaign = ?", mark),
                        row -> row.decimal("amount").toPlainString())
                .orElseThrow();
    }
}
