package io.rekindle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.FirstSignIn;
import io.rekindle.access.Role;
import io.rekindle.access.Users;
import io.rekindle.app.Main;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.database.StateDatabase;
import io.rekindle.testing.JavaProcess;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands as people give them: beside a running server, or in a process of their own. */
class CommandsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Path DATA = TestFolders.newFolder("commands");
    private static final TestPostgres.Place PLACE = TestPostgres.newDatabase();
    private static Optional<RunningServer> running = Optional.empty();

    @BeforeAll
    static void aServerRuns() {
        var settings = new HashMap<>(settings(PLACE));
        settings.put("rekindle.admin-password", "the first password");
        running = Optional.of(RunningServer.start(new DataFolder(DATA), 0, settings));
    }

    @AfterAll
    static void itStops() {
        running.ifPresent(RunningServer::close);
    }

    private static RunningServer server() {
        return running.orElseThrow();
    }

    // --help, wrong calls

    static Stream<String> everyCommand() {
        return paths(RekindleCommand.commandLine(), "");
    }

    private static Stream<String> paths(CommandLine command, String path) {
        return Stream.concat(
                Stream.of(path),
                command.getSubcommands().entrySet().stream()
                        .flatMap(sub -> paths(sub.getValue(), (path + " " + sub.getKey()).strip())));
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandExplainsItself(String path) {
        var told = run(words(path), "--help");
        assertThat(told.code()).isZero();
        assertThat(told.out()).startsWith(("Usage: rekindle " + path).strip());
        assertThat(told.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void aWrongOptionIsNamedInOneLine(String path) {
        var told = run(words(path), "--no-such-option");
        assertThat(told.code()).isEqualTo(2);
        assertThat(told.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("rekindle: ").contains("--help"));
        assertThat(told.out()).isEmpty();
    }

    // Beside the running server

    @Test
    void aValueThatIsWrongIsToldOnce() {
        var told = on("budget", "set", "2", "--within", "fortnight");
        assertThat(told.code()).isNotZero();
        assertThat(told.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("rekindle: ").contains("window", "week"));
    }

    @Test
    void aSuppressedAddressIsFoundWithoutTheWordsOfItsNote() {
        assertThat(on("suppression", "add", "noted@commands.example", "--note", "a letter of Zxnoted")
                        .code())
                .isZero();
        assertThat(on("suppression", "find", "noted@commands.example").out())
                .contains("manual", ", with a note")
                .doesNotContain("Zxnoted");
        assertThat(on("suppression", "remove", "noted@commands.example").code()).isZero();
        assertThat(on("suppression", "find", "noted@commands.example").out()).contains("on no list");
    }

    @Test
    void keysAreMadeListedAndRevoked() {
        var made = json("key", "create", "for a test", "--role", "planner,viewer");
        assertThat(made.path("secret").asString()).startsWith("rk_");
        var id = made.path("key").path("id").asLong();
        assertThat(json("key", "list"))
                .anyMatch(key ->
                        key.path("id").asLong() == id && key.path("revokedAt").isNull());
        assertThat(json("key", "revoke", Long.toString(id)).path("revoked").asLong())
                .isEqualTo(id);
        assertThat(json("key", "list"))
                .anyMatch(key ->
                        key.path("id").asLong() == id && !key.path("revokedAt").isNull());
        assertThat(on("key", "list").out()).contains("for a test").contains("revoked");
    }

    @Test
    void sourcesAreMadeAndListed() {
        var made = json("source", "create", "a shop of the test");
        var id = made.path("source").path("id").asLong();
        assertThat(made.path("secret").asString()).startsWith("wk_");
        assertThat(json("source", "add-key", Long.toString(id)).path("secret").asString())
                .startsWith("wk_");
        assertThat(json("source", "list")).anyMatch(source -> source.path("id").asLong() == id);
        var again = on("source", "create", "a shop of the test");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).isEqualTo("rekindle: there is a source named 'a shop of the test' already\n");
    }

    @Test
    void usersAreMadeAndGivenPasswords() {
        var users = server().part(Users.class);
        var made = json("user", "create", "Lin@example.com", "--role", "approver", "--name", "Lin");
        assertThat(users.authenticate("lin@example.com", made.path("password").asString()))
                .isPresent();
        assertThat(json("user", "list"))
                .anyMatch(user -> user.path("email").asString().equals("lin@example.com")
                        && user.path("roles").get(0).asString().equals("approver"));

        // The way back in for who has lost the first password.
        var changed = json("user", "password", FirstSignIn.EMAIL);
        assertThat(users.authenticate(
                        FirstSignIn.EMAIL, changed.path("password").asString()))
                .isPresent();
        assertThat(users.authenticate(FirstSignIn.EMAIL, "the first password")).isEmpty();

        var chosen = withInput("a chosen password\n", "user", "password", "lin@example.com", "--password-stdin");
        assertThat(chosen.code()).isZero();
        assertThat(chosen.out()).doesNotContain("a chosen password");
        assertThat(users.authenticate("lin@example.com", "a chosen password")).isPresent();

        assertThat(json("user", "role", "lin@example.com", "--role", "viewer,analyst")
                        .path("roles"))
                .hasSize(2);
        assertThat(json("user", "lock", " LIN@example.com").path("lockedAt").isString())
                .isTrue();
        assertThat(users.authenticate("lin@example.com", "a chosen password")).isEmpty();
        assertThat(json("user", "unlock", "lin@example.com").path("lockedAt").isNull())
                .isTrue();
        assertThat(users.authenticate("lin@example.com", "a chosen password"))
                .hasValueSatisfying(
                        caller -> assertThat(caller.roles()).containsExactlyInAnyOrder(Role.VIEWER, Role.ANALYST));

        assertFails(on("user", "lock", FirstSignIn.EMAIL), "is the last administrator who can sign in");
        assertFails(on("user", "password", "nobody@example.com"), "there is no user nobody@example.com");
        assertFails(on("user", "create", "lin@example.com", "--role", "viewer"), "there is a user lin@example.com");
        assertFails(on("user", "create", "no address", "--role", "viewer"), "'no address' is no e-mail address");
        assertFails(
                withInput("short\n", "user", "password", "lin@example.com", "--password-stdin"),
                "at least 12 characters");
    }

    @Test
    void tagsAndTraitsAreDefinedFromFilesAndStandardInput() throws IOException {
        var definition = """
                {"name":{"en":"Key account","zh":"大客户"},"description":{"en":"By hand.","zh":"人工。"},"type":"boolean","kind":"manual"}
                """;
        var file = Files.writeString(DATA.resolve("tag.json"), definition);
        assertThat(on("tag", "make", "cli_tag", file.toString()).err().lines())
                .containsExactly("rekindle: the tag lacks owner", "  owner: 'owner' is missing");
        assertFails(on("tag", "make", "cli_tag", DATA.resolve("nowhere.json").toString()), "nowhere.json");
        assertFails(withInput("{not json", "tag", "make", "cli_tag", "-"), "not well-formed JSON at line 1");
        assertThat(withInput(definition, "tag", "make", "cli_tag", "-", "--owner", "crm")
                        .out())
                .contains("version 1 of cli_tag waits for approval");
        assertThat(json("tag", "make", "cli_tag", file.toString(), "--owner", "crm team")
                        .path("version")
                        .asInt())
                .isEqualTo(2);
        assertThat(json("tag", "approve", "cli_tag", "2")
                        .path("approvedVersion")
                        .asInt())
                .isEqualTo(2);
        assertFails(on("tag", "set", "4711", "cli_tag", "true"), "no customer 4711");
        assertFails(on("tag", "set", "-4711", "cli_tag", "true"), "no customer -4711");
        assertFails(on("tag", "set", "4711", "cli_tag"), "--clear");

        assertFails(on("trait", "make", "cli_orders"), "a measure");
        assertThat(on("trait", "make", "cli_orders", "--measure", "count", "--days", "30", "--preview")
                        .out())
                .contains("covers");
        assertThat(json("trait", "list"))
                .noneMatch(trait -> trait.at("/form/name").asString().equals("cli_orders"));
        assertThat(json("trait", "make", "cli_orders", "--measure", "count", "--days", "30")
                        .at("/form/days")
                        .asInt())
                .isEqualTo(30);
        assertThat(withInput(
                                "{\"name\":\"cli_views\",\"measure\":\"count\",\"event\":\"Product Viewed\"}",
                                "trait",
                                "make",
                                "--file",
                                "-")
                        .out())
                .contains("cli_views", "Product Viewed");
        assertThat(on("trait", "refresh", "--full").out()).contains("cli_orders", "cli_views");
        assertThat(json("trait", "remove", "cli_orders").path("removed").asString())
                .isEqualTo("cli_orders");
        assertThat(on("trait", "list").out()).contains("cli_views").doesNotContain("cli_orders");
    }

    @Test
    void aConflictRuleIsTriedPutInForceAndTakenAway() {
        assertFails(on("trait-rule", "set", "cli_city", "nowhere"), "no source 'nowhere'");
        assertThat(json("trait-rule", "set", "cli_city", "default", "import", "--dry-run")
                        .path("changing")
                        .asInt(-1))
                .isZero();
        assertThat(on("trait-rule", "list").out()).doesNotContain("cli_city");
        assertThat(on("trait-rule", "set", "cli_city", "default", "import").out())
                .contains("cli_city", "default > import");
        assertThat(json("trait-rule", "list").path(0).at("/sources/1/name").asString())
                .isEqualTo("import");
        assertThat(json("trait-rule", "remove", "cli_city").path("removed").asString())
                .isEqualTo("cli_city");
        assertFails(on("trait-rule", "remove", "cli_city"), "no conflict rule for 'cli_city'");
    }

    @Test
    void ordersAreTriedAndImported() throws IOException {
        var file = TestFolders.newFolder("orders").resolve("orders.csv");
        Files.writeString(file, """
                order_id,time,customer,product_id,quantity,unit_price
                1,2025-01-02T10:00:00Z,ann,p1,2,9.90
                """);
        assertThat(json("import", "orders", file.toString(), "--dry-run").isObject())
                .isTrue();
        assertThat(json("import", "list").isArray()).isTrue();
        Files.writeString(file, """
                order_id,time,customer,product_id,quantity,unit_price
                C1,2025-01-02T10:00:00Z,a late one,p1,-2,9.90
                """);
        assertThat(on("import", "orders", file.toString()).out())
                .contains("1 of them credits that lower no order (no_earlier_order), -19.8");
        Files.writeString(file, """
                order_id,time,customer,product_id,quantity,unit_price
                2,yesterday,ann,p1,2,9.90
                3,2099-01-02T10:00:00Z,ann,p1,2,9.90
                """);
        var nothing = on("import", "orders", file.toString());
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("took nothing: all 2 rows were rejected (bad_time 1, time_in_the_future 1)"));
        assertThat(nothing.out())
                .contains("1 bad_time: row 2 (column 'time' holds no time")
                .contains("1 time_in_the_future: row 3 (the time in column 'time' lies in the future");
        Files.writeString(file, """
                order_id,time,customer,product_id,quantity,unit_price
                in-dollars,2025-01-02T10:00:00Z,ann,p1,2,1.25
                """);
        var withoutRate = on("import", "orders", file.toString(), "--currency", "USD");
        assertThat(withoutRate.code()).isEqualTo(1);
        assertThat(withoutRate.err()).contains("how many EUR one USD is (rate, --rate)");
        assertThat(on("import", "orders", file.toString(), "--currency", "USD", "--rate", "NaN")
                        .err())
                .contains("'NaN' is no rate");
        assertThat(on("import", "orders", file.toString(), "--currency", "USD", "--rate", "0.9", "--dry-run")
                        .out())
                .contains("gross 2.24 EUR")
                .contains("each was multiplied by 0.9 and stands here in EUR");
        assertFails(on("import", "orders", "no-such-file.csv"), "there is no file no-such-file.csv");
        assertFails(on("import", "undo", "99999"), "99999");
        for (var list : new String[] {"list", "databases", "folders"})
            assertThat(json("pull", list).isArray()).isTrue();
        assertFails(on("pull", "run", "99999", "--dry-run"), "there is no pull 99999");
    }

    @Test
    void anArchiveIsTakenWithTheReasonItIsTakenFor() throws IOException {
        var folder = TestFolders.newFolder("archive");
        var file = Files.writeString(folder.resolve("customers.csv"), "customer,city\narchived-1,Oslo\n");
        assertThat(on("import", "customers", file.toString()).code()).isZero();
        var id = server().client()
                .post("/api/customers/search", Map.of("query", "archived-1"))
                .at("/items/0/customerId")
                .asString();
        var archive = folder.resolve("archive.zip");
        assertThat(json("person", "archive", id, archive.toString(), "--reason", "ticket 七, +1")
                        .path("bytes")
                        .asLong())
                .isEqualTo(Files.size(archive));
        assertThat(on("person", "accesses", id).out()).contains("archive").contains("because: ticket 七, +1");
    }

    @Test
    void theHistoryIsWrittenOnceIntoAFolderAndExportsAreListedAndRun() throws Exception {
        var folder = TestFolders.newFolder("once").resolve("new");
        var files = json("export", "once", folder.toString(), "events", "profiles", "--form", "csv");
        assertThat(files.isArray()).isTrue();
        assertThat(files.valueStream().map(file -> file.path("file").asString()))
                .contains(folder.resolve("profiles/profiles.csv.gz").toString())
                .allMatch(file -> Files.isRegularFile(Path.of(file)));
        assertThat(json("export", "list").isEmpty()).as("nothing stays of it").isTrue();

        server().client()
                .post("/api/exports", Map.of("name", "kept", "form", "parquet", "data", List.of("identities")));
        assertThat(json("export", "run", "kept").path("state").asString()).isEqualTo("done");
        assertThat(on("export", "run", "kept", "--anew").out()).startsWith("kept: 1 files, ");
        assertThat(on("export", "list").out()).contains("kept", "the server's folder", "1 files");
        assertFails(on("export", "run", "another"), "there is no export 'another'");
        var wrong = on("export", "once", folder.toString(), "everything");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err().lines()).singleElement().asString().contains("everything", "ORDER_LINES");
    }

    @Test
    void aBackupIsTakenBesideTheServerAndOneThatIsDamagedIsRefused() throws IOException {
        var folder = TestFolders.newFolder("backup");
        assertThat(json("backup", folder.toString())
                        .path("files")
                        .path("warehouse.duckdb")
                        .path("bytes")
                        .asLong())
                .isPositive();
        assertFails(on("backup", folder.toString()), "is not empty");

        Files.delete(folder.resolve("warehouse.duckdb"));
        var target = TestFolders.newFolder("target");
        var told = run(
                List.of("restore", folder.toString()),
                "--key-file",
                server().part(PlatformSettings.class).keyFilePath().toString(),
                "--data",
                target.toString());
        assertThat(told.code()).isEqualTo(1);
        assertThat(told.err())
                .startsWith("rekindle: the backup ")
                .contains("is damaged", "warehouse.duckdb: is missing");
        assertThat(told.err().lines()).hasSize(2);
        assertFails(
                run(
                        List.of("restore", target.toString()),
                        "--key-file",
                        server().part(PlatformSettings.class).keyFilePath().toString(),
                        "--data",
                        TestFolders.newFolder("target").toString()),
                "is not a finished backup");
    }

    @Test
    void theVersionIsTold() {
        assertThat(JSON.readTree(run(List.of("version"), "--json").out())
                        .path("java")
                        .asString())
                .startsWith("25");
        assertThat(run(List.of("version")).code()).isZero();
    }

    // One server, one folder, one port

    @Test
    void aSecondServerOnTheFolderIsRefusedInOneLine() {
        assertFails(on("serve", "--port", "0"), server().url());
    }

    @Test
    void aTakenPortIsRefusedInOneLineBeforeAnythingIsStarted() throws IOException {
        var data = TestFolders.newFolder("data");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());
            assertFails(
                    run(List.of("serve"), "--port", port, "--data", data.toString()),
                    "port %s is in use by another program; choose another with --port".formatted(port));
        }
        assertThat(data.resolve("postgres")).doesNotExist();
    }

    @Test
    void linksLeadToThePortTheServerListensOn() {
        assertThat(server().part(PlatformSettings.class).publicUrl()).isEqualTo(server().url());
    }

    @Test
    void theKeyFileStandsApartAndOneWithTheDataIsWarnedOf() throws IOException {
        assertThat(server().part(PlatformSettings.class).keyFilePath())
                .isEqualTo(DATA.resolveSibling(DATA.getFileName() + ".keys").resolve("rekindle.key"))
                .exists();
        assertThat(server().firstSecrets().warnings()).isEmpty();
        var data = TestFolders.newFolder("earlier");
        Files.createDirectory(data.resolve("keys"));
        var inside = Files.writeString(data.resolve("keys").resolve("rekindle.key"), "ab".repeat(32) + "\n");
        try (var earlier = RunningServer.start(new DataFolder(data), 0, settings(TestPostgres.newDatabase()))) {
            assertThat(earlier.part(PlatformSettings.class).keyFilePath()).isEqualTo(inside);
            assertThat(earlier.firstSecrets().warnings())
                    .singleElement()
                    .asString()
                    .contains("rekindle.key", "REKINDLE_KEY_FILE");
        }
    }

    @Test
    void aPortThatIsNoneIsRefusedInOneLine() {
        for (var command : List.of("serve", "demo")) {
            var told = run(
                    List.of(command),
                    "--port",
                    "99999",
                    "--data",
                    TestFolders.newFolder("data").toString());
            assertThat(told.code()).isEqualTo(2);
            assertThat(told.err().lines()).singleElement().asString().contains("'99999' is no port", "65535");
        }
    }

    @Test
    void whatADemonstrationCannotDoIsSaidBeforeTheEarlierOneIsDeleted() throws IOException {
        var data = TestFolders.newFolder("demo");
        Files.writeString(data.resolve("demo.mark"), "");
        var earlier = Files.writeString(data.resolve("of the earlier one"), "");
        assertFails(
                run(
                        List.of("demo"),
                        "--exit",
                        "--data",
                        data.toString(),
                        "--port",
                        "0",
                        "--json",
                        "/nonexistent/x.json"),
                "cannot be written to /nonexistent/x.json: there is no folder /nonexistent;");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFails(
                    run(
                            List.of("demo"),
                            "--exit",
                            "--data",
                            data.toString(),
                            "--port",
                            Integer.toString(taken.getLocalPort())),
                    "is in use by another program");
        }
        assertThat(earlier).exists();
    }

    @Test
    void aDemonstrationLeavesADatabaseThatIsNotItsOwnAndTheEarlierFolderAlone() throws Exception {
        var place = TestPostgres.newDatabase();
        try (var connection = DriverManager.getConnection(place.url(), place.user(), place.password());
                var statement = connection.createStatement()) {
            statement.execute("create table invoices (id bigint)");
            var data = TestFolders.newFolder("demo");
            Files.writeString(data.resolve("demo.mark"), "installation: 00000000-0000-0000-0000-000000000000\n");
            var earlier = Files.writeString(data.resolve("of the earlier one"), "");
            var told = process(variables(place), "demo", "--exit", "--port", "0", "--data", data.toString());
            assertFails(told, "and is not that of the earlier demo in " + data + "; nothing was deleted: ");
            assertThat(earlier).exists();
            var fresh = TestFolders.newFolder("demo");
            assertFails(
                    process(variables(place), "demo", "--exit", "--port", "0", "--data", fresh.toString()),
                    "nothing was deleted: ");
            assertThat(fresh).isEmptyDirectory();
            assertThat(statement.execute("select from invoices")).isTrue();
        }
    }

    @Test
    void aDemonstrationNamesTheForeignTableInItsDatabase() throws Exception {
        var place = TestPostgres.newDatabase();
        var data = TestFolders.newFolder("demo");
        var settings = new DatabaseSettings(place.url(), place.user(), place.password(), 2);
        try (var state = StateDatabase.open(settings, data, taken -> {});
                var connection = state.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("insert into installation (id, key_fingerprint) values ('ours', 'f')");
            statement.execute("create table invoices (id bigint)");
        }
        Files.writeString(data.resolve("demo.mark"), "installation: ours\n");
        var told = process(variables(place), "demo", "--exit", "--port", "0", "--data", data.toString());
        assertFails(
                told, "holds a table that is not Rekindle's (invoices), so it is not emptied; nothing was deleted: ");
        assertThat(told.err()).doesNotContain("nothing says to which installation");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertFails(run(List.of("key", "list"), "--data", "no/such/folder"), "there is no data folder no/such/folder");
    }

    // In a process of their own

    @Test
    void theFirstSecretsAreToldByWhicheverCommandMakesThemAndJsonStaysJson() throws Exception {
        var data = TestFolders.newFolder("fresh");
        var variables = variables(TestPostgres.newDatabase());
        var first = process(variables, "key", "list", "--json", "--data", data.toString());
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(JSON.readTree(first.out()).isArray()).isTrue();
        assertThat(first.err())
                .contains(
                        "Sign in as " + FirstSignIn.EMAIL,
                        "The first API key",
                        "The first write key",
                        "shown this once");
    }

    @Test
    void aFileCanBeTriedBeforeThereIsAnyServer() throws Exception {
        var folder = TestFolders.newFolder("first-command");
        var data = folder.resolve("not/there/yet");
        var file = Files.writeString(
                folder.resolve("orders.csv"),
                "order_id,time,customer,quantity,unit_price\n1,2026-01-05,c,2,1.50\n2,2026-01-05,c,many,1\n");
        var variables = variables(TestPostgres.newDatabase());
        assertFails(
                run(List.of("import", "orders"), folder.resolve("none.csv").toString(), "--data", data.toString()),
                "there is no file");
        assertThat(data).as("nothing is made for a file that is not there").doesNotExist();
        var tried = process(
                variables, "import", "orders", file.toString(), "--dry-run", "--json", "--data", data.toString());
        assertThat(tried.code()).as(tried.err()).isZero();
        assertThat(tried.err())
                .contains("There is no data folder " + data + " yet: it is made now.", "shown this once");
        var report = JSON.readTree(tried.out()).path("report");
        assertThat(report.path("lines").asLong()).isEqualTo(1);
        assertThat(report.path("rejected").asLong()).isEqualTo(1);
        var done = process(variables, "import", "orders", file.toString(), "--data", data.toString());
        assertThat(done.code()).as(done.err()).isZero();
        assertThat(done.out()).contains("1 order lines in 1 orders of 1 customers, gross 3");
        assertThat(done.err()).doesNotContain("no data folder", "shown this once");
    }

    @Test
    void aPostgresqlThatAnotherServerUsesIsRefusedInOneLine() throws Exception {
        var data = TestFolders.newFolder("second");
        assertFails(
                process(variables(PLACE), "serve", "--port", "0", "--data", data.toString()),
                "is used by another server (rekindle %d@"
                        .formatted(ProcessHandle.current().pid()));
    }

    @Test
    void allWrongSettingsAreToldAtOnceAndNothingElseIs() throws Exception {
        var variables = Map.of(
                "REKINDLE_DATABASE_URL", "mysql://x",
                "REKINDLE_CURRENCY", "eu",
                "REKINDLE_CONSENT_CONTACT_BUDGET", "-4",
                "REKINDLE_MAIL_CONNECTIONS", "900",
                "REKINDLE_ZONE", "Mars/Olympus",
                "REKINDLE_PUBLC_URL", "http://x");
        var told = process(
                variables,
                "serve",
                "--port",
                "0",
                "--data",
                TestFolders.newFolder("wrong").toString());
        assertThat(told.code()).isEqualTo(1);
        assertThat(told.out()).isEmpty();
        assertThat(told.err()).startsWith("rekindle: 6 setting(s) cannot be used\n");
        assertThat(told.err().lines()).hasSize(7);
        for (var name : variables.keySet()) assertThat(told.err()).contains(name);
    }

    // Running

    private record Told(int code, String out, String err) {}

    private static List<String> words(String path) {
        return path.isEmpty() ? List.of() : List.of(path.split(" "));
    }

    /** A command about the running server's folder, with --json: what it says is JSON and nothing else. */
    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        var told = on(all.toArray(String[]::new));
        assertThat(told.code()).as(told.err()).isZero();
        return JSON.readTree(told.out());
    }

    private static Told on(String... arguments) {
        return run(List.of(arguments), "--data", DATA.toString());
    }

    private static Told withInput(String input, String... arguments) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return on(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private static void assertFails(Told told, String because) {
        assertThat(told.code()).isEqualTo(1);
        assertThat(told.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("rekindle: ")
                        .contains(because)
                        .doesNotContain("should not have happened"));
        assertThat(told.out()).isEmpty();
    }

    private static Told run(List<String> path, String... more) {
        var arguments = new ArrayList<>(path);
        arguments.addAll(List.of(more));
        var outBefore = System.out;
        var errBefore = System.err;
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
                var errStream = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setOut(outStream);
            System.setErr(errStream);
            int code = RekindleCommand.run(arguments.toArray(String[]::new));
            return new Told(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    private static Told process(Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        var command = JavaProcess.command(Main.class, "-Xmx768m");
        command.addAll(List.of(arguments));
        var folder = TestFolders.newFolder("process");
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("REKINDLE_"));
        builder.environment().putAll(variables);
        var process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroy();
        }
        return new Told(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static Map<String, String> variables(TestPostgres.Place place) {
        return Map.of(
                "REKINDLE_DATABASE_URL", place.url(),
                "REKINDLE_DATABASE_USER", place.user(),
                "REKINDLE_DATABASE_PASSWORD", place.password(),
                "REKINDLE_WAREHOUSE_MEMORY_LIMIT", "512MB");
    }

    private static Map<String, String> settings(TestPostgres.Place place) {
        return Map.of(
                "rekindle.database.url", place.url(),
                "rekindle.database.user", place.user(),
                "rekindle.database.password", place.password(),
                "rekindle.database.connections", "10",
                "rekindle.warehouse.memory-limit", "512MB");
    }
}
