package io.rekindle.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.testing.RekindleTest;
import io.rekindle.testing.TestFolders;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files are read by a DuckDB of their own and held against what was sent and what the warehouse says. */
@RekindleTest
class ExportsOverHttpTest {
    /** No other test's. */
    private static final long CAMPAIGN = 7_700_000_001L;

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Warehouse warehouse;
    private final BusinessClock business;
    private final JdbcClient jdbc;
    private final ExportPersonalData personalData;
    private final Identities identities;
    private final Path folder;

    ExportsOverHttpTest(
            @LocalServerPort int port,
            @Autowired ExportPersonalData personalData,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Warehouse warehouse,
            @Autowired BusinessClock business,
            @Autowired JdbcClient jdbc,
            @Autowired Identities identities,
            @Autowired PlatformSettings settings) {
        this.port = port;
        this.personalData = personalData;
        this.log = log;
        this.tails = tails;
        this.warehouse = warehouse;
        this.business = business;
        this.jdbc = jdbc;
        this.identities = identities;
        this.folder = settings.data().resolve("exports");
    }

    @Test
    void allOfTheHistoryStandsInFilesAndASecondRunReplacesThem() throws Exception {
        person("export-all");
        var id = make("""
                {"name": "all", "form": "parquet",
                 "data": ["events", "profiles", "decisions", "messages", "outcomes", "orders", "order_lines", "consents", "identities"]}
                """);
        for (int time = 1; time <= 2; time++) {
            long logged = log.lastSeq();
            var done = run(id);
            assertThat(done.get("state").stringValue()).as(done.toString()).isEqualTo("done");
            // The server may add events of its own meanwhile.
            var events = "read_parquet('%s/all/events/*/*.parquet')";
            long last = rows("select max(seq) from " + events);
            assertThat(last).isGreaterThanOrEqualTo(logged);
            assertThat(rows("select count(*) from " + events))
                    .isEqualTo(rows("select count(distinct seq) from " + events))
                    .isEqualTo(history("select count(*) as n from events_now where seq <= " + last));
            for (var name : List.of("orders", "order_lines"))
                assertThat(rows("select count(*) from read_parquet('%%s/all/%1$s/%1$s.parquet')".formatted(name)))
                        .isEqualTo(history("select count(*) as n from %s_now".formatted(name)));
            assertThat(rows("select count(*) from read_parquet('%s/all/profiles/profiles.parquet')"))
                    .isEqualTo(history("select count(distinct customer_id) as n from events_now"));
            assertThat(
                            rows(
                                    "select count(*) from read_parquet('%s/all/profiles/profiles.parquet') where json_extract_string(traits, '$.city') = 'export-all-town'"))
                    .isEqualTo(1);
            person("export-all-later-" + time);
        }
        assertThat(everyFile()).noneMatch(file -> file.contains("in-work"));
    }

    @Test
    void decisionsMessagesAndOutcomesStandInFilesRowByRowAndDaysThatHaveSettledAreNotMadeAgain() throws Exception {
        var today = LocalDate.ofInstant(business.instant(), ZoneOffset.UTC);
        var settled = today.minusDays(10);
        ledger("settled", settled, 0, 20);
        ledger("today", today, 20, 30);
        var id = make("{\"name\":\"ledger\",\"form\":\"parquet\",\"data\":[\"decisions\",\"messages\",\"outcomes\"]}");
        int files = run(id).get("files").intValue();
        requireTheLedger();
        var old = Files.getLastModifiedTime(fileOf("ledger", "decisions", settled));

        ledger("more", today, 30, 40);
        assertThat(run(id).get("files").intValue()).isLessThanOrEqualTo(files - 3);
        requireTheLedger();
        assertThat(Files.getLastModifiedTime(fileOf("ledger", "decisions", settled)))
                .isEqualTo(old);

        // What comes into a settled day all the same is told when everything is asked for anew.
        ledger("late", settled, 40, 45);
        run(id);
        assertThat(rows("select count(*) from read_parquet('%s/ledger/decisions/*/*.parquet') where campaign_id = "
                        + CAMPAIGN))
                .isEqualTo(40);
        assertThat(run(id, "?anew=true").get("files").intValue()).isGreaterThanOrEqualTo(files);
        requireTheLedger();
    }

    private Path fileOf(String export, String data, LocalDate day) {
        return folder.resolve("%s/%s/day=%s/%s.parquet".formatted(export, data, day, data));
    }

    private void requireTheLedger() throws SQLException {
        for (var data : List.of("decisions", "messages", "outcomes")) {
            var columns = data.equals("messages") ? "* exclude (detail)" : "*";
            var said =
                    "select string_agg(r::varchar, chr(10) order by r::varchar) as said from (select %s from %s where campaign_id = %d) r";
            var stored = warehouse
                    .first(Sql.of(said.formatted(columns, data, CAMPAIGN)), row -> row.text("said"))
                    .orElseThrow();
            assertThat(text(said.formatted(
                            "*",
                            "read_parquet('%s/ledger/%s/*/*.parquet', hive_partitioning = false)"
                                    .formatted(folder, data),
                            CAMPAIGN)))
                    .isEqualTo(stored);
            assertThat(stored.lines().count()).isGreaterThanOrEqualTo(30);
        }
    }

    /** Rows {@code from} to {@code to} of a campaign nobody ran, all of one day. */
    private void ledger(String batch, LocalDate day, int from, int to) {
        var rows = "from range(%d, %d) t (n)".formatted(from, to);
        var ids = "%1$d + n, 77, %1$d, %1$d + n".formatted(CAMPAIGN);
        var at = "timestamp '%s 07:00:00' + to_seconds(n)".formatted(day);
        var name = "export-test-" + batch;
        warehouse.append("decisions", name, Rows.selected(Sql.of("""
                        select %s, n %% 5 <> 0, case when n %% 5 = 0 then 'no_consent' end,
                            case when n %% 4 = 0 then 'holdout' else 'treatment' end, 0.75, 'salt, "quoted"',
                            case when n %% 4 = 0 then 'skip' else 'send' end, null, 'email', null, %s, 1.5 * n, '{"p": 3}', %s %s
                        """.formatted(ids, at, at, rows))));
        warehouse.append("messages", name, Rows.selected(Sql.of("""
                        select %d + n, %s, 'email', 'sent', case when n %% 3 = 0 then 'bounced' end, %s, 'said of n@secret.example' %s
                        """.formatted(CAMPAIGN, ids, at, rows))));
        warehouse.append("outcomes", name, Rows.selected(Sql.of("""
                        select %1$s, 'treatment', %2$s, %2$s, n %% 2 = 0, n %% 3, 10.5 * n, 0, 0, 0.01, 0.0345, 9.99 * n, 0, 0, %2$s,
                            case when n %% 2 = 0 then %2$s end, %4$d + n, false %3$s
                        """.formatted(ids, at, rows, CAMPAIGN))));
    }

    private boolean ended(long id, long before) {
        var runs = runs(id);
        return runs.size() > before && !runs.get(0).get("state").stringValue().equals("running");
    }

    private JsonNode runs(long id) {
        try {
            return get("/api/exports/%d/runs?limit=500".formatted(id)).get("items");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void personalFieldsStandInProfilesAsTheExportMayHaveThem() throws Exception {
        person("export-person");
        warehouse.append(
                "tag_changes",
                "export-person tag",
                Rows.written(rows -> rows.value(id("export-person").value())
                        .value("export_tag")
                        .value("\"gold\"")
                        .value(business.instant())
                        .value(1)
                        .value(0L)
                        .end()));
        for (var personal : List.of("none", "masked", "clear")) {
            var name = "people-" + personal;
            run(make("{\"name\":\"%s\",\"form\":\"csv\",\"data\":[\"profiles\"],\"personal\":\"%s\"}"
                    .formatted(name, personal)));
            var file = folder.resolve(name).resolve("profiles").resolve("profiles.csv.gz");
            assertThat(Files.exists(file)).isTrue();
            assertThat(rows(
                            "select count(*) from read_csv('%%s/%s/profiles/profiles.csv.gz') where traits like '%%%%export-person-town%%%%'"
                                    .formatted(name)))
                    .isEqualTo(1);
            assertThat(rows(
                            "select count(*) from read_csv('%%s/%s/profiles/profiles.csv.gz') where json_extract_string(tags, '$.export_tag') = 'gold'"
                                    .formatted(name)))
                    .isEqualTo(1);
            var told = text(
                    "select string_agg(p::varchar, '') from read_csv('%%s/%s/profiles/profiles.csv.gz', all_varchar = true) p"
                            .formatted(name));
            if (personal.equals("clear")) assertThat(told).contains("export-person@secret.example");
            else assertThat(told).doesNotContain("export-person@secret.example");
            if (personal.equals("masked")) assertThat(told).contains("e***@s…");
        }
        assertThat(get("/api/audit?limit=500").toString()).contains("export.personal_data");

        person("export-afterwards");
        assertThat(get("/api/customers/%s/accesses".formatted(id("export-person")))
                        .get("items")
                        .toString())
                .contains("export people-clear", "\"email\"")
                .doesNotContain("export people-masked", "export people-none");
        assertThat(get("/api/customers/%s/accesses".formatted(id("export-afterwards")))
                        .toString())
                .as("who was not there yet is in no file")
                .doesNotContain("export people-clear");
    }

    @Test
    void aFileIsDownloadedByWhomItIsForAndGoesWithItsExport() throws Exception {
        person("export-download");
        var analyst = key("analyst");
        long masked = make(
                "{\"name\":\"to-look-at\",\"form\":\"csv\",\"data\":[\"profiles\",\"events\"],\"personal\":\"masked\"}");
        run(masked);
        var files = json.readTree(as(analyst, "GET", "/api/exports/%d/files".formatted(masked))
                        .body())
                .get("items");
        assertThat(files.valueStream().map(file -> file.get("name").stringValue()))
                .contains("profiles/profiles.csv.gz")
                .anyMatch(name -> name.matches("events/day=\\d{4}-\\d\\d-\\d\\d/events\\.csv\\.gz"));
        var download = http.send(
                request(analyst, "/api/exports/%d/file?name=profiles/profiles.csv.gz".formatted(masked))
                        .GET()
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(download.statusCode()).isEqualTo(200);
        assertThat(download.body())
                .isEqualTo(Files.readAllBytes(folder.resolve("to-look-at/profiles/profiles.csv.gz")));
        assertThat(code(as(analyst, "GET", "/api/exports/%d/file?name=../../rekindle.properties".formatted(masked))))
                .isEqualTo("export_file_not_found");
        assertThat(as(analyst, "POST", "/api/exports/%d/run".formatted(masked)).statusCode())
                .isEqualTo(403);

        long clear = make("{\"name\":\"to-keep\",\"form\":\"csv\",\"data\":[\"profiles\"],\"personal\":\"clear\"}");
        run(clear);
        var path = "/api/exports/%d/file?name=profiles/profiles.csv.gz".formatted(clear);
        assertThat(code(as(analyst, "GET", path))).isEqualTo("export_file_of_personal_data");
        assertThat(as(key("planner"), "GET", path).statusCode()).isEqualTo(200);
        assertThat(get("/api/audit?limit=500").toString()).contains("export.downloaded");

        assertThat(send("DELETE", "/api/exports/%d?files=true".formatted(clear), "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(folder.resolve("to-keep")).doesNotExist();
        assertThat(send("DELETE", "/api/exports/%d".formatted(masked), "").statusCode())
                .isEqualTo(204);
        assertThat(folder.resolve("to-look-at")).exists();
    }

    @Test
    void anExportWithAScheduleIsDueAgainAfterEachRun() throws Exception {
        var id = make("{\"name\":\"hourly\",\"form\":\"csv\",\"data\":[\"identities\"],\"every\":\"hour\"}");
        for (int time = 0; time < 2; time++) {
            assertThat(run(id).get("startedBy").stringValue()).startsWith("key:");
            await(() -> due(id).equals(List.of(nextHour())));
        }
        send("DELETE", "/api/exports/%d".formatted(id), "");
        assertThat(due(id)).isEmpty();
    }

    private Instant nextHour() {
        return business.instant().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
    }

    private List<Instant> due(long id) {
        return jdbc.sql(
                        "select execution_time from scheduled_tasks where task_name = 'export' and task_instance = :id and not picked")
                .param("id", Long.toString(id))
                .query((row, n) -> row.getObject(1, OffsetDateTime.class).toInstant())
                .list();
    }

    @Test
    void aBucketOfAnS3CompatibleStorageGetsTheSameFiles() throws Exception {
        person("export-bucket");
        var storage = TestFolders.newFolder("s3").resolve("storage");
        Files.createDirectory(storage);
        try (var s3 = new S3Server(storage)) {
            var draft = """
                    {"name": "bucket-%s", "form": "parquet", "data": ["events", "orders"], "s3Secret": "%s",
                     "s3": {"endpoint": "%s", "region": "us-east-1", "bucket": "history", "prefix": "rekindle/test", "accessKey": "S3RVER"}}
                    """;
            var done = run(make(draft.formatted("right", S3Server.SECRET, s3.endpoint())));
            assertThat(done.get("state").stringValue()).as(done.toString()).isEqualTo("done");
            assertThat(rows(
                            "select count(*) from read_parquet('%s/history/rekindle/test/bucket-right/orders/orders.parquet*_object')"
                                    .formatted(storage)))
                    .isEqualTo(history("select count(*) as n from orders_now"));

            // With a key it does not know nothing is taken, and the run says so.
            var refused = run(
                    make(draft.formatted("wrong", "another", s3.endpoint()).replace(S3Server.ACCESS_KEY, "SOMEBODY")));
            assertThat(refused.get("state").stringValue()).isEqualTo("failed");
            assertThat(refused.get("failure").stringValue()).isEqualTo("storage");
            assertThat(get("/api/exports").toString()).doesNotContain("another");
        }
    }

    @Test
    void whatCannotBeAnExportIsRefused() throws Exception {
        assertThat(refused("{\"name\":\"../up\",\"form\":\"csv\",\"data\":[\"events\"]}"))
                .isEqualTo("export_name_invalid");
        assertThat(refused("{\"name\":\"nothing\",\"form\":\"csv\",\"data\":[]}"))
                .isEqualTo("export_of_nothing");
        var s3 =
                "{\"name\":\"s3\",\"form\":\"csv\",\"data\":[\"events\"],\"s3Secret\":\"x\",\"s3\":{\"endpoint\":\"%s\",\"region\":\"%s\",\"bucket\":\"%s\",\"prefix\":\"%s\",\"accessKey\":\"k\"}}";
        assertThat(refused(s3.formatted("file:///etc", "r", "bucket", ""))).isEqualTo("s3_endpoint_invalid");
        assertThat(refused(s3.formatted("https://s3.example", "r", "B", ""))).isEqualTo("s3_bucket_invalid");
        assertThat(refused(s3.formatted("https://s3.example", "r", "bucket", "/../x")))
                .isEqualTo("s3_bucket_invalid");
        assertThat(refused(s3.formatted("https://s3.example", "", "bucket", "")))
                .isEqualTo("s3_access_missing");
        assertThat(refused(s3.formatted("https://s3.example", "r", "bucket", "").replace("\"s3Secret\":\"x\",", "")))
                .isEqualTo("export_without_secret");
        assertThat(send("GET", "/api/exports/99999999", "").statusCode()).isEqualTo(404);
    }

    @Test
    void whatAnExportDoesNotMakeAnyMoreIsDeletedAndShownToNobody() throws Exception {
        person("export-former");
        var analyst = key("analyst");
        var draft = "{\"name\":\"%s\",\"form\":\"%s\",\"data\":[%s],\"personal\":\"%s\"}";
        long id = make(draft.formatted("former", "csv", "\"profiles\",\"identities\"", "clear"));
        var path = "/api/exports/%d/file?name=profiles/profiles.csv.gz".formatted(id);
        run(id);
        assertThat(code(as(analyst, "GET", path))).isEqualTo("export_file_of_personal_data");

        change(id, draft.formatted("former", "csv", "\"profiles\",\"identities\"", "masked"));
        assertThat(folder.resolve("former/profiles"))
                .as("in clear, and no more")
                .doesNotExist();
        assertThat(folder.resolve("former/identities/identities.csv.gz")).exists();
        assertThat(code(as(analyst, "GET", path))).isEqualTo("export_file_not_found");
        run(id);
        assertThat(as(analyst, "GET", path).statusCode()).as("masked").isEqualTo(200);

        change(id, draft.formatted("former", "parquet", "\"profiles\",\"identities\"", "masked"));
        assertThat(everyFile()).noneMatch(file -> file.contains("/former/"));
        run(id);
        change(id, draft.formatted("former", "parquet", "\"identities\"", "none"));
        assertThat(filesUnder("former")).containsExactly("identities/identities.parquet");
        change(id, draft.formatted("former-moved", "parquet", "\"identities\"", "none"));
        assertThat(folder.resolve("former")).doesNotExist();

        // What stays when its export goes is never a profile, and not shown with another export of the name.
        change(id, draft.formatted("former", "csv", "\"profiles\",\"identities\"", "clear"));
        run(id);
        assertThat(send("DELETE", "/api/exports/" + id, "").statusCode()).isEqualTo(204);
        assertThat(filesUnder("former")).containsExactly("identities/identities.csv.gz");
        long anew = make(draft.formatted("former", "csv", "\"events\"", "none"));
        assertThat(get("/api/exports/%d/files".formatted(anew)).get("items")).isEmpty();
    }

    @Test
    void atTheEndOfAnErasureWhatNoExportMakesIsDeletedAndNothingElse() throws Exception {
        person("export-swept");
        long kept = make("{\"name\":\"kept-for-now\",\"form\":\"csv\",\"data\":[\"events\",\"identities\"]}");
        run(kept);
        assertThat(send("DELETE", "/api/exports/" + kept, "").statusCode()).isEqualTo(204);
        assertThat(filesUnder("kept-for-now")).isNotEmpty();
        long id = make("{\"name\":\"to-stay\",\"form\":\"csv\",\"data\":[\"profiles\"],\"personal\":\"clear\"}");
        run(id);
        var foreign = folder.resolve("kept-for-now/notes.txt");
        Files.writeString(foreign, "of somebody else");
        var half = folder.resolve("to-stay/profiles/.profiles.csv.gz.in-work");
        Files.writeString(half, "what a killed server left");
        long before = runs(id).size();
        personalData.finished();
        assertThat(filesUnder("kept-for-now")).containsExactly("notes.txt");
        assertThat(half).doesNotExist();
        assertThat(filesUnder("to-stay")).containsExactly("profiles/profiles.csv.gz");
        await(() -> ended(id, before));
        Files.delete(foreign);
    }

    @Test
    void anExportThatIsMovedWhileItRunsFillsItsNewPlaceAndOneIsMadeWholeAnewWhenAnErasureEndsMeanwhile()
            throws Exception {
        var today = LocalDate.ofInstant(business.instant(), ZoneOffset.UTC);
        warehouse.append(
                "decisions", "export-test-moved", Rows.selected(Sql.of("""
                        select %1$d + n, 78, %1$d, %1$d + n, true, null, 'treatment', 0.75, 'salt', 'send', null, 'email', null,
                            timestamp '%2$s 07:00:00' - to_days(n::integer), 1.5, '{}', timestamp '%2$s 07:00:00' - to_days(n::integer)
                        from range(10, 310) t (n)
                        """.formatted(CAMPAIGN + 100_000_000, today))));
        long days = history("select count(distinct cast(decided_at as date)) as n from decisions");
        var draft = "{\"name\":\"%s\",\"form\":\"csv\",\"data\":[\"decisions\"]}";
        long id = make(draft.formatted("moving"));
        send("POST", "/api/exports/%d/run".formatted(id), "");
        await(() -> runs(id).size() == 1 && runs(id).get(0).get("files").intValue() > 5);
        change(id, draft.formatted("moved"));
        await(() -> ended(id, 1));
        assertThat(runs(id).get(1).get("failure").stringValue()).isEqualTo("changed");
        assertThat(runs(id).get(0).get("state").stringValue()).isEqualTo("done");
        assertThat(filesUnder("moved")).hasSize((int) days);
        assertThat(folder.resolve("moving")).doesNotExist();

        send("POST", "/api/exports/%d/run?anew=true".formatted(id), "");
        await(() -> runs(id).size() == 3 && runs(id).get(0).get("files").intValue() > 5);
        personalData.finished();
        await(() -> ended(id, 3));
        assertThat(runs(id).get(1).get("failure").stringValue()).isEqualTo("changed");
        assertThat(runs(id).get(0).get("files").longValue()).isEqualTo(days);
    }

    @Test
    void whatWasUploadedUnderAnOlderDefinitionIsDeletedInTheBucketOrToldOf() throws Exception {
        person("export-former-bucket");
        var storage = TestFolders.newFolder("s3-former").resolve("storage");
        Files.createDirectory(storage);
        var draft = """
                {"name": "%s", "form": "csv", "data": ["profiles", "identities"], "personal": "clear", "s3Secret": "%s",
                 "s3": {"endpoint": "%s", "region": "us-east-1", "bucket": "history", "prefix": "p", "accessKey": "S3RVER"}}
                """;
        long id;
        String last;
        try (var s3 = new S3Server(storage)) {
            id = make(draft.formatted("bucket-a", S3Server.SECRET, s3.endpoint()));
            run(id);
            assertThat(objects(storage)).hasSize(2).allMatch(name -> name.contains("/bucket-a/"));
            change(id, draft.formatted("bucket-b", S3Server.SECRET, s3.endpoint()));
            await(() -> objects(storage).isEmpty());
            run(id);
            change(
                    id,
                    draft.formatted("bucket-b", S3Server.SECRET, s3.endpoint()).replace("clear", "masked"));
            await(() -> objects(storage).size() == 1);
            assertThat(objects(storage).getFirst()).contains("/identities/");
            run(id);
            assertThat(objects(storage))
                    .as("made again under the same name, it stays")
                    .hasSize(2);
            await(() -> leftovers().isEmpty());
            last = draft.formatted("bucket-b", S3Server.SECRET, s3.endpoint());
        }
        // The storage is gone: that the files could not be deleted there is told until somebody says they are.
        assertThat(send("DELETE", "/api/exports/%d".formatted(id), "").statusCode())
                .as(last)
                .isEqualTo(204);
        await(() ->
                leftovers().valueStream().anyMatch(one -> !one.get("failure").isNull()));
        var told = leftovers().get(0);
        assertThat(told.get("export").stringValue()).isEqualTo("bucket-b");
        assertThat(told.get("files").intValue()).as("profiles alone").isEqualTo(1);
        assertThat(get("/api/audit?limit=500").toString()).contains("export.files_left");
        assertThat(send("DELETE", "/api/exports/leftovers/" + told.get("id").longValue(), "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(leftovers()).isEmpty();
    }

    private JsonNode leftovers() {
        try {
            return get("/api/exports/leftovers").get("items");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> objects(Path storage) {
        try {
            return TestFolders.filesIn(storage).stream()
                    .map(Path::toString)
                    .filter(name -> name.endsWith("_object"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void change(long id, String draft) throws Exception {
        var answer = send("PUT", "/api/exports/" + id, draft);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private List<String> filesUnder(String export) throws IOException {
        return TestFolders.filesIn(folder.resolve(export)).stream()
                .map(file -> folder.resolve(export).relativize(file).toString())
                .sorted()
                .toList();
    }

    private List<String> everyFile() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.map(Path::toString).toList();
        }
    }

    private CustomerId id(String userId) {
        return identities.find(Identifier.Type.USER_ID, userId).orElseThrow();
    }

    private void person(String name) throws Exception {
        intake("identify", """
                {"userId": "%1$s", "messageId": "%1$s-1", "traits": {"email": "%1$s@secret.example", "city": "%1$s-town"}}
                """.formatted(name));
        intake("track", """
                {"userId": "%1$s", "messageId": "%1$s-2", "event": "Order Completed",
                 "properties": {"order_id": "%1$s", "total": 9, "products": [{"product_id": "p", "price": 9, "quantity": 1}]}}
                """.formatted(name));
        tails.awaitAll(log.lastSeq());
    }

    private long history(String sql) {
        return warehouse.first(Sql.of(sql), row -> row.longValue("n")).orElseThrow();
    }

    private long rows(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    private String text(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql.contains("%s") ? sql.formatted(folder) : sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private long make(String draft) throws Exception {
        var answer = send("POST", "/api/exports", draft);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json.readTree(answer.body()).get("id").longValue();
    }

    private JsonNode run(long id) throws Exception {
        return run(id, "");
    }

    /** The run when it has ended. */
    private JsonNode run(long id, String how) throws Exception {
        long before = runs(id).size();
        assertThat(send("POST", "/api/exports/%d/run%s".formatted(id, how), "").statusCode())
                .isEqualTo(202);
        await(() -> ended(id, before));
        return runs(id).get(0);
    }

    private void intake(String call, String body) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/%s".formatted(port, call)))
                        .header("X-Write-Key", RekindleTest.WRITE_KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private String refused(String draft) throws Exception {
        return code(send("POST", "/api/exports", draft));
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        var answer = send("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json.readTree(answer.body());
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                request(RekindleTest.ADMIN_KEY, path)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> as(String key, String method, String path) throws IOException, InterruptedException {
        return http.send(
                request(key, path)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String key, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .header("Authorization", "Bearer " + key);
    }

    /** A new key with one role. */
    private String key(String role) throws IOException, InterruptedException {
        var made = send("POST", "/api/keys", "{\"name\":\"exports-%1$s\",\"roles\":[\"%1$s\"]}".formatted(role));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return json.readTree(made.body()).get("secret").stringValue();
    }

    private String code(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).as(refused.body()).isBetween(400, 499);
        return json.readTree(refused.body()).get("code").stringValue();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain");
            LockSupport.parkNanos(10_000_000);
        }
    }
}
