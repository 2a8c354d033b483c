package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.Role;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.testing.DescribedApi;
import io.rekindle.testing.RekindleTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A file of orders by upload, as a browser sends it: look into it, try the mapping, import, take back. */
@RekindleTest
class ImportsOverHttpTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String HEADER = "InvoiceNo;StockCode;Description;Quantity;InvoiceDate;UnitPrice;CustomerID\n";
    private static final String MAPPED =
            "{\"fields\":{\"order_id\":\"InvoiceNo\",\"time\":\"InvoiceDate\",\"customer\":\"CustomerID\",\"product_id\":\"StockCode\",\"product_name\":\"Description\",\"quantity\":\"Quantity\",\"unit_price\":\"UnitPrice\"},\"timeFormat\":\"M/d/yyyy[ H:mm[:ss]]\",\"cancelledPrefix\":\"C\"}";

    private final HttpClient http = HttpClient.newHttpClient();
    private final DescribedApi described = DescribedApi.checkedIn();
    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final PlatformSettings settings;
    private final ApiKeys keys;
    private final Imports imports;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @LocalServerPort
    private int port;

    ImportsOverHttpTest(@Autowired PlatformSettings settings, @Autowired ApiKeys keys, @Autowired Imports imports) {
        this.imports = imports;
        this.settings = settings;
        this.keys = keys;
    }

    @Test
    void aFileIsLookedIntoTriedImportedAndTakenBack() throws Exception {
        var text = HEADER
                + "%1$s-1;p1;Tea;2;1/15/2026 8:26;2.50;c-%1$s\n".formatted(mark)
                + "%1$s-1;p2;Cup;1;1/15/2026 8:26;1234.50;c-%1$s\n".formatted(mark)
                + "C%1$s;p1;Tea;-1;1/16/2026 9:00;2.50;c-%1$s\n".formatted(mark)
                + "%1$s-2;p1;Tea;1;yesterday;2.50;c-%1$s\n".formatted(mark)
                + "%1$s-3;p1;Tea;1;1/17/2026 9:00;2.50;\n".formatted(mark);
        var upload = upload("orders of March.csv", text.getBytes(StandardCharsets.UTF_8), RekindleTest.ADMIN_KEY);
        assertThat(upload.statusCode()).as(upload.body()).isEqualTo(201);
        assertThat(described.faults("POST", "/api/imports/uploads", 201, upload.body()))
                .isEmpty();
        var seen = JSON.readTree(upload.body());
        assertThat(seen.at("/columns/0").asString()).isEqualTo("InvoiceNo");
        assertThat(seen.at("/columns").size()).isEqualTo(7);
        assertThat(seen.at("/sample/1/5").asString()).isEqualTo("1234.50");
        assertThat(seen.at("/fields").toString())
                .contains("\"order_id\":\"InvoiceNo\"", "\"customer\":\"CustomerID\"", "\"product_id\":\"StockCode\"");
        assertThat(seen.at("/timeFormats")).as("'yesterday' is of no form").isEmpty();
        var id = seen.path("id").asString();

        var misread = post("/api/imports/uploads/" + id + "/start", "{\"mapping\":{},\"dryRun\":true}");
        assertThat(misread.statusCode()).isEqualTo(422);
        assertThat(JSON.readTree(misread.body()).path("errors").size()).isEqualTo(5);
        assertThat(described.faults("POST", "/api/imports/uploads/{id}/start", 422, misread.body()))
                .isEmpty();

        var tried = done(
                post("/api/imports/uploads/" + id + "/start", "{\"mapping\":%s,\"dryRun\":true}".formatted(MAPPED)));
        assertThat(tried.path("dryRun").asBoolean()).isTrue();
        assertThat(tried.path("fileName").asString()).isEqualTo("orders of March.csv");
        assertThat(tried.at("/report/lines").asInt()).isEqualTo(2);
        var rejected = get("/api/imports/" + tried.path("id").asLong() + "/rejected");
        assertThat(described.faults("GET", "/api/imports/{id}/rejected", 200, rejected))
                .isEmpty();
        assertThat(JSON.readTree(rejected).at("/items/0/rowNumber").asLong()).isEqualTo(5);
        assertThat(JSON.readTree(rejected).at("/items/0/reason").asString()).isEqualTo("bad_time");
        assertThat(JSON.readTree(rejected).at("/items/1/reason").asString()).isEqualTo("no_customer");

        var imported = done(post("/api/imports/uploads/" + id + "/start", "{\"mapping\":%s}".formatted(MAPPED)));
        assertThat(imported.at("/report")).isEqualTo(tried.at("/report"));
        assertThat(audited(tried)).containsExactly("import.tried");
        assertThat(audited(imported)).containsExactly("import.started");
        assertThat(imported.at("/report/lines").asInt()).isEqualTo(2);
        assertThat(imported.at("/report/cancellations").asInt()).isEqualTo(1);
        assertThat(imported.at("/report/gross").decimalValue()).isEqualByComparingTo("1239.5");
        var credits = get("/api/imports/" + imported.path("id").asLong() + "/credits");
        assertThat(described.faults("GET", "/api/imports/{id}/credits", 200, credits))
                .isEmpty();
        assertThat(JSON.readTree(credits).path("notes").asInt()).isEqualTo(1);
        assertThat(JSON.readTree(credits).path("unmatched").size())
                .as("a tea was bought and came back")
                .isZero();
        Awaitility.await("the file is gone once it is imported")
                .atMost(Duration.ofSeconds(10))
                .until(() -> uploadsOnDisk() == 0);
        var gone = post("/api/imports/uploads/" + id + "/start", "{\"mapping\":%s}".formatted(MAPPED));
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(gone.body()).path("code").asString()).isEqualTo("upload_not_found");

        var undone = post("/api/imports/" + imported.path("id").asLong() + "/undo", "")
                .body();
        assertThat(JSON.readTree(undone).path("state").asString()).isEqualTo("undone");
        assertThat(described.faults("POST", "/api/imports/{id}/undo", 200, undone))
                .isEmpty();
        assertThat(described.faults("GET", "/api/imports", 200, get("/api/imports")))
                .isEmpty();
    }

    @Test
    void gzippedFilesAndParquetAreLookedIntoToo(@TempDir Path folder) throws Exception {
        var zipped = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(zipped)) {
            out.write("订单号,下单时间,客户编号,数量,单价\na,2026/1/5 10:00,c,1,2\nb,2026/1/25 10:00,c,1,2\n"
                    .getBytes(StandardCharsets.UTF_8));
        }
        var chinese = JSON.readTree(upload("orders.csv.gz", zipped.toByteArray(), RekindleTest.ADMIN_KEY)
                .body());
        assertThat(chinese.path("fields").path("order_id").asString()).isEqualTo("订单号");
        assertThat(chinese.path("fields").path("unit_price").asString()).isEqualTo("单价");
        assertThat(chinese.at("/timeFormats/0").asString()).isEqualTo("yyyy/M/d[ H:mm[:ss]]");

        var file = folder.resolve("orders.parquet");
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement()) {
            statement.execute(
                    "copy (select 'a' as order_id, timestamp '2026-01-05 10:00:00' as \"time\", null::varchar as note) to '%s' (format parquet)"
                            .formatted(file));
        }
        var parquet = upload("orders.parquet", Files.readAllBytes(file), RekindleTest.ADMIN_KEY)
                .body();
        assertThat(described.faults("POST", "/api/imports/uploads", 201, parquet))
                .isEmpty();
        var seen = JSON.readTree(parquet);
        assertThat(seen.path("columns").size()).isEqualTo(3);
        assertThat(seen.at("/timeFormats/0").asString())
                .as("ISO 8601 is the empty form")
                .isEmpty();
        assertThat(seen.at("/timeFormats").size())
                .as("no other reads these times as others")
                .isEqualTo(1);
        for (var one : new JsonNode[] {chinese, seen}) {
            var discarded =
                    send(request("/api/imports/uploads/" + one.path("id").asString(), RekindleTest.ADMIN_KEY)
                            .DELETE());
            assertThat(discarded.statusCode()).isEqualTo(204);
        }
        assertThat(uploadsOnDisk()).isZero();
    }

    @Test
    void whatIsNoTableIsRefusedAndNotKept() throws Exception {
        var empty = upload("nothing.csv", new byte[0], RekindleTest.ADMIN_KEY);
        assertThat(empty.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(empty.body()).path("code").asString()).isEqualTo("file_empty");
        var broken = upload("broken.csv.gz", new byte[] {0x1f, (byte) 0x8b, 1, 2, 3}, RekindleTest.ADMIN_KEY);
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(broken.body()).path("code").asString()).isEqualTo("file_unreadable");
        var viewer = keys.create("a viewer of imports", Set.of(Role.VIEWER)).secret();
        assertThat(upload("a.csv", "a,b\n".getBytes(StandardCharsets.UTF_8), viewer)
                        .statusCode())
                .isEqualTo(403);
        assertThat(uploadsOnDisk()).isZero();
    }

    @Test
    void aFileThatIsRefusedBecauseAnotherIsBeingImportedDoesNotStay() throws Exception {
        var large = new StringBuilder("order_id,time,customer,quantity,unit_price\n");
        for (int i = 0; i < 300_000; i++) large.append("%s-%d,2026-01-05,c-%d,1,2\n".formatted(mark, i, i % 1000));
        var file = Files.writeString(folder.resolve("large.csv"), large);
        var first = imports.start(file, "large.csv", ImportMapping.NONE, true, false);
        var refused = upload(
                "/api/imports",
                "next.csv",
                large.substring(0, 1000).getBytes(StandardCharsets.UTF_8),
                RekindleTest.ADMIN_KEY);
        if (refused.statusCode() == 409)
            assertThat(JSON.readTree(refused.body()).path("code").asString()).isEqualTo("import_running");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(first.id()).state() == Imports.State.DONE);
        Awaitility.await("nothing of either is left behind")
                .atMost(Duration.ofSeconds(60))
                .until(() -> uploadsOnDisk() == 0);
    }

    @Test
    void anUploadTellsItsEncodingOnce() throws Exception {
        var text = "order_id,time,customer,quantity,unit_price\n%1$s,2026-01-05,\u7530\u4e2d\u3055\u3093-%1$s,1,2\n"
                .formatted(mark);
        var bytes = text.getBytes(java.nio.charset.Charset.forName("Shift_JIS"));
        var refused = upload("names.csv", bytes, RekindleTest.ADMIN_KEY);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(refused.body()).path("code").asString()).isEqualTo("file_encoding");
        assertThat(uploadsOnDisk()).isZero();
        var taken = JSON.readTree(
                upload("/api/imports/uploads?encoding=Shift_JIS", "names.csv", bytes, RekindleTest.ADMIN_KEY)
                        .body());
        assertThat(taken.at("/sample/0/2").asString()).isEqualTo("\u7530\u4e2d\u3055\u3093-" + mark);
        var id = taken.path("id").asString();
        assertThat(done(post("/api/imports/uploads/" + id + "/start", "{}"))
                        .at("/report/lines")
                        .asInt())
                .isEqualTo(1);
    }

    private JsonNode done(HttpResponse<String> started) throws Exception {
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        assertThat(described.faults("POST", "/api/imports/uploads/{id}/start", 202, started.body()))
                .isEmpty();
        var id = JSON.readTree(started.body()).path("id").asLong();
        var body = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> get("/api/imports/" + id), now -> !now.contains("\"state\":\"running\""));
        assertThat(described.faults("GET", "/api/imports/{id}", 200, body)).isEmpty();
        var done = JSON.readTree(body);
        assertThat(done.path("state").asString()).as(body).isEqualTo("done");
        return done;
    }

    private long uploadsOnDisk() throws IOException {
        var folder = settings.data().resolve("uploads");
        if (!Files.isDirectory(folder)) return 0;
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    private HttpResponse<String> upload(String name, byte[] content, String key) throws Exception {
        return upload("/api/imports/uploads", name, content, key);
    }

    private HttpResponse<String> upload(String path, String name, byte[] content, String key) throws Exception {
        var boundary = "part-" + mark;
        var body = new ByteArrayOutputStream();
        body.writeBytes(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                        .formatted(boundary, name)
                        .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8));
        return send(request(path, key)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private String get(String path) throws Exception {
        return send(request(path, RekindleTest.ADMIN_KEY).GET()).body();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path, RekindleTest.ADMIN_KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + key);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private List<String> audited(JsonNode one) throws Exception {
        var actions = new ArrayList<String>();
        for (var entry : JSON.readTree(get("/api/audit?limit=100")).path("items"))
            if (entry.path("thing").asString().equals("import " + one.path("id").asLong()))
                actions.add(entry.path("action").asString());
        return actions;
    }
}
