package io.rekindle.collect.pulls;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Problem;
import io.rekindle.rights.Erasure;
import io.rekindle.rights.Erasures;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Files that appear in a folder come in by themselves, whole, once, and leave a report. */
@RekindleTest
class WatchedFolderTest {
    private final WatchedFolders folders;
    private final Imports imports;
    private final Warehouse warehouse;
    private final JdbcClient jdbc;
    private final FolderWatch watch;
    private final Erasures erasures;
    private final Identifiers identifiers;
    private final int port;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path elsewhere;

    WatchedFolderTest(
            @Autowired WatchedFolders folders,
            @Autowired Imports imports,
            @Autowired Warehouse warehouse,
            @Autowired JdbcClient jdbc,
            @Autowired FolderWatch watch,
            @Autowired Erasures erasures,
            @Autowired Identifiers identifiers,
            @LocalServerPort int port) {
        this.watch = watch;
        this.erasures = erasures;
        this.identifiers = identifiers;
        this.port = port;
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
        var corrected = "day,channel,campaign,amount\n2026-01-05,email,%s,90\n".formatted(mark);
        Files.writeString(half, corrected);
        Files.move(half, place.resolve("costs-1.csv"));
        var second = over(folder, done.id());
        assertThat(costs()).isEqualTo("90.0000");
        Files.writeString(place.resolve("costs-again.csv"), corrected);
        var again = over(folder, second.id());
        assertThat(again.state()).isEqualTo(WatchedFolder.State.REPEATED);
        assertThat(again.importId()).isNull();
        imports.undo(Objects.requireNonNull(second.importId()));
        assertThat(costs()).isEqualTo("100.0000");
        Files.writeString(place.resolve("costs-third.csv"), corrected);
        var third = over(folder, again.id());
        assertThat(third.state()).as("what was taken back may come again").isEqualTo(WatchedFolder.State.DONE);
        assertThat(costs()).isEqualTo("90.0000");

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
        assertThat(code(new WatchedFolder.Draft("n " + mark, "x", "*.csv", inDollars(null), null)))
                .isEqualTo("import_rate_missing");
        assertThat(code(new WatchedFolder.Draft(
                        "n " + mark, "x", "*", ImportMapping.of(ImportKind.COSTS, Map.of("shoe_size", "s")), true)))
                .isEqualTo("import_mapping_invalid");
    }

    @Test
    void aFolderThatIsGoneSaysSoAndStopsNoOther() throws Exception {
        var gone = folders.create(draft("gone " + mark, "gone-" + mark, "*.csv", ImportKind.COSTS));
        var closed = folders.create(draft("closed " + mark, "closed-" + mark, "*.csv", ImportKind.COSTS));
        var good = folders.create(draft("good " + mark, "good-" + mark, "*.csv", ImportKind.COSTS));
        Files.delete(Path.of(gone.place()));
        // A file where a folder was cannot be read as one by anybody, the superuser included.
        Files.delete(Path.of(closed.place()));
        Files.createFile(Path.of(closed.place()));
        put(good, "a.csv", "day,channel,campaign,amount\n2026-01-05,email,%s,7\n".formatted(mark));
        assertThat(over(good, null).state()).isEqualTo(WatchedFolder.State.DONE);
        for (var one : List.of(gone, closed)) {
            var failing = await(() -> folders.get(one.id()), found -> found.failingSince() != null);
            assertThat(failing.failureCode()).isEqualTo("folder_missing");
            assertThat(failing.failureParameters()).containsEntry("folder", one.place());
        }
        assertThat(folders.get(good.id()).failingSince()).isNull();

        Files.createDirectory(Path.of(gone.place()));
        var back = await(() -> folders.get(gone.id()), found -> found.failingSince() == null);
        assertThat(back.failure()).isNull();
        Files.delete(Path.of(closed.place()));
        for (var one : List.of(gone, closed, good)) folders.delete(one.id());
    }

    @Test
    void filesGoWhenTheirTimeIsUpWhateverBecameOfTheirFolder() throws Exception {
        var content = "day,channel,campaign,amount\n2026-01-05,email,%s,7\n".formatted(mark);
        var deleted = folders.create(draft("deleted " + mark, "deleted-" + mark, "*.csv", ImportKind.COSTS));
        var moved = folders.create(draft("moved " + mark, "moved-" + mark, "*.csv", ImportKind.COSTS));
        put(deleted, "a.csv", content);
        var one = over(deleted, null);
        put(moved, "b.csv", content);
        var other = over(moved, null);
        folders.delete(deleted.id());
        folders.update(
                moved.id(),
                new WatchedFolder.Draft(
                        moved.name(), "elsewhere-" + mark, moved.pattern(), moved.mapping(), moved.active()));
        var lies = List.of(
                Path.of(deleted.place()).resolve(Objects.requireNonNull(one.movedTo())),
                Path.of(moved.place()).resolve(Objects.requireNonNull(other.movedTo())));
        watch.deleteAged();
        assertThat(lies).allSatisfy(file -> assertThat(file).exists());
        jdbc.sql("update folder_files set ended_at = ended_at - interval '31 days' where id in (?, ?)")
                .params(one.id(), other.id())
                .update();
        watch.deleteAged();
        assertThat(lies).allSatisfy(file -> {
            assertThat(file).doesNotExist();
            assertThat(file.getParent()).isEmptyDirectory();
        });
        folders.delete(moved.id());
    }

    /** Zipped and in another encoding: no search would find the person in it. */
    @Test
    void anErasureDeletesEveryFileThatIsKeptAndALaterOneThatNamesThePersonIsNotKept() throws Exception {
        var folder = folders.create(draft("people " + mark, "people-" + mark, "*", ImportKind.CUSTOMERS));
        var text = "customer,name\nw1-%1$s,李娜\nw2-%1$s,张三\n".formatted(mark);
        var zipped = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(zipped)) {
            out.write(text.getBytes(Charset.forName("GB18030")));
        }
        Files.write(Path.of(folder.place()).resolve(".people.csv.gz"), zipped.toByteArray());
        Files.move(
                Path.of(folder.place()).resolve(".people.csv.gz"),
                Path.of(folder.place()).resolve("people.csv.gz"));
        var first = over(folder, null);
        assertThat(first.brought()).as("%s", first.failure()).isEqualTo(2);
        var lies = Path.of(folder.place()).resolve(Objects.requireNonNull(first.movedTo()));
        assertThat(lies).exists();

        var customer = identifiers
                .of(Identifier.Type.USER_ID, "w1-" + mark)
                .map(one -> new CustomerId(one.id().value()))
                .orElseThrow();
        var erasure = erasures.request(customer, "request 4711");
        await(() -> erasures.get(erasure.id()), one -> one.state() == Erasure.State.HIDDEN);
        http("/api/erasures/finish");
        assertThat(erasures.get(erasure.id()).state()).isEqualTo(Erasure.State.FINISHED);
        assertThat(lies).doesNotExist();
        assertThat(lies.getParent()).isEmptyDirectory();
        assertThat(folders.files(folder.id(), Long.MAX_VALUE, 1)
                        .items()
                        .getFirst()
                        .movedTo())
                .isNull();

        put(
                folder,
                "again.csv",
                "customer,consent.email,consent_source,consent_time\nw1-%s,perhaps,web,2026-01-01\n".formatted(mark));
        var again = over(folder, first.id());
        assertThat(again.state()).isEqualTo(WatchedFolder.State.DONE);
        assertThat(again.rejected()).isEqualTo(1);
        assertThat(again.movedTo()).isNull();
        assertThat(lies.getParent()).isEmptyDirectory();
        put(folder, "others.csv", "customer,name\nw3-%s,Tom\n".formatted(mark));
        assertThat(over(folder, again.id()).movedTo()).isNotNull();
        folders.delete(folder.id());
    }

    @Test
    void aFileWithRowsLeftOutOrAnotherMappingOrAnotherFileSinceIsNoRepetition() throws Exception {
        var text = "day,channel,campaign,amount\n2026-01-05,email,%s,100\n".formatted(mark);
        var folder = folders.create(new WatchedFolder.Draft(
                "again " + mark,
                "again-" + mark,
                "*",
                new ImportMapping(Map.of(), "d.M.yyyy", null, null, null, null, null, ImportKind.COSTS, null),
                null));
        put(folder, "costs.csv", text);
        var misread = over(folder, null);
        assertThat(misread.rejected()).isEqualTo(1);
        put(folder, "costs.csv", text);
        var again = over(folder, misread.id());
        assertThat(again.state()).as("a row of it is not in").isEqualTo(WatchedFolder.State.DONE);

        folders.update(
                folder.id(),
                new WatchedFolder.Draft(
                        folder.name(),
                        folder.folder(),
                        folder.pattern(),
                        ImportMapping.of(ImportKind.COSTS, Map.of()),
                        null));
        put(folder, "costs.csv", text);
        var readAnew = over(folder, again.id());
        assertThat(readAnew.brought()).isEqualTo(1);
        assertThat(costs()).isEqualTo("100.0000");
        put(folder, "costs.csv", text);
        var repeated = over(folder, readAnew.id());
        assertThat(repeated.state()).isEqualTo(WatchedFolder.State.REPEATED);

        // A full dump, another, and the first again: what it says is so once more.
        put(folder, "costs.csv", text.replace("100", "90"));
        var other = over(folder, repeated.id());
        assertThat(costs()).isEqualTo("90.0000");
        put(folder, "costs.csv", text);
        var back = over(folder, other.id());
        assertThat(back.state()).isEqualTo(WatchedFolder.State.DONE);
        assertThat(costs()).isEqualTo("100.0000");

        folders.update(
                folder.id(),
                new WatchedFolder.Draft(folder.name(), folder.folder(), folder.pattern(), inDollars("0.5"), null));
        put(folder, "costs.csv", text);
        var halved = over(folder, back.id());
        assertThat(halved.state()).as("read in another way").isEqualTo(WatchedFolder.State.DONE);
        assertThat(costs()).isEqualTo("50.0000");

        // As an earlier version could have set it up: it fails, and says why.
        jdbc.sql("update watched_folders set mapping = replace(mapping, '\"0.5\"', 'null') where id = ?")
                .param(folder.id())
                .update();
        put(folder, "costs.csv", text);
        var refused = over(folder, halved.id());
        assertThat(refused.state()).isEqualTo(WatchedFolder.State.FAILED);
        assertThat(refused.failureCode()).isEqualTo("import_rate_missing");
        assertThat(refused.failure()).contains("how many EUR one USD is");
        assertThat(costs()).isEqualTo("50.0000");
        folders.delete(folder.id());
    }

    private static ImportMapping inDollars(@Nullable String rate) {
        return new ImportMapping(Map.of(), null, "USD", rate, null, null, null, ImportKind.COSTS, null);
    }

    private static void put(WatchedFolder folder, String name, String content) throws IOException {
        var place = Path.of(folder.place());
        Files.move(Files.writeString(place.resolve("." + name), content), place.resolve(name));
    }

    private void http(String path) throws Exception {
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("Authorization", "Bearer " + RekindleTest.ADMIN_KEY)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static <V> V await(Callable<V> what, Predicate<V> until) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(what, until);
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
