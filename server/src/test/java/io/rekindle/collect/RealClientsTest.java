package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The clients of others, as they are published, against this server: whatever they report as sent is in the history, once.
 * Each is a process of its own with its own libraries ({@code src/test/clients}); none is told anything but the server's
 * address and a write key.
 */
@RekindleTest
class RealClientsTest {
    private static final Pattern SENT = Pattern.compile("sent (\\w+) (\\S+)");
    private static final long PATIENCE_SECONDS = 120;
    private static final Instant LONG_AGO = Instant.parse("2026-01-02T03:04:05.678Z");

    private final int port;
    private final Warehouse warehouse;
    private final Path server = Path.of(System.getProperty("rekindle.root")).resolve("server");
    private final Path clients = server.resolve("src/test/clients");
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    RealClientsTest(@LocalServerPort int port, @Autowired Warehouse warehouse) {
        this.port = port;
        this.warehouse = warehouse;
    }

    record SentEvent(String type, String messageId) {}

    @Test
    void segmentsNodeClientArrives() throws Exception {
        assertThat(typesIn(arrived(node("segment-node.mjs"))))
                .containsExactlyInAnyOrder("identify", "track", "track", "page", "screen", "group", "alias");
        requireTheOldOrder(true);
    }

    @Test
    void rudderStacksNodeClientArrives() throws Exception {
        assertThat(typesIn(arrived(node("rudderstack-node.mjs"))))
                .containsExactlyInAnyOrder("identify", "track", "page", "screen", "group", "alias");
        requireTheOldOrder(false);
    }

    @Test
    void segmentsJavaClientArrives() throws Exception {
        assertThat(typesIn(arrived(java("segment-java", "SegmentJava.java", ""))))
                .containsExactlyInAnyOrder("identify", "track", "page", "screen", "group", "alias");
        requireTheOldOrder(true);
    }

    /** Then it sends to {@code /v1//v1/import/}. */
    @Test
    void segmentsJavaClientArrivesWhenItsAddressHasAPathAlready() throws Exception {
        assertThat(arrived(java("segment-java", "SegmentJava.java", "/v1/"))).hasSize(6);
    }

    @Test
    void rudderStacksJavaClientArrives() throws Exception {
        assertThat(typesIn(arrived(java("rudderstack-java", "RudderStackJava.java", ""))))
                .containsExactlyInAnyOrder("identify", "track", "page", "screen", "group", "alias");
        requireTheOldOrder(true);
    }

    @Test
    void segmentsBrowserClientArrives() throws Exception {
        assertThat(typesIn(arrived(browser("segment"))))
                .containsExactlyInAnyOrder("identify", "track", "page", "group");
    }

    @Test
    void segmentsBrowserClientArrivesInBatches() throws Exception {
        assertThat(typesIn(arrived(browser("segment-batching"))))
                .containsExactlyInAnyOrder("identify", "track", "page");
    }

    @Test
    void rudderStacksBrowserClientArrives() throws Exception {
        assertThat(typesIn(arrived(browser("rudderstack")))).containsExactlyInAnyOrder("identify", "track", "page");
    }

    @Test
    void theConsolesOwnSnippetArrives() throws Exception {
        assertThat(typesIn(arrived(browser("snippet")))).containsExactlyInAnyOrder("page", "identify", "track", "page");
    }

    private List<SentEvent> node(String script) throws IOException, InterruptedException {
        installed();
        return run(List.of("node", script, url(), RekindleTest.WRITE_KEY, mark), List.of());
    }

    private List<SentEvent> browser(String client) throws IOException, InterruptedException {
        var chromium = chromium();
        assumeTrue(
                chromium.isPresent(), "there is no Chromium here (CHROMIUM may name one): its clients are not tried");
        installed();
        return run(
                List.of("node", "browser.mjs", client, url(), RekindleTest.WRITE_KEY, mark),
                List.of("CHROMIUM=" + chromium.orElseThrow()));
    }

    private List<SentEvent> java(String libraries, String program, String path)
            throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var folder = server.resolve("target/clients").resolve(libraries);
        assertThat(folder).as("the build puts the client's libraries there").isDirectory();
        return run(
                List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        folder.resolve("*").toString(),
                        program,
                        url() + path,
                        RekindleTest.WRITE_KEY,
                        mark),
                List.of());
    }

    private String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Every event once in the history; the same events, for the test to look at. */
    private List<SentEvent> arrived(List<SentEvent> sent) {
        assertThat(sent).isNotEmpty();
        for (var event : sent) {
            var types = warehouse.query(
                    Sql.of("select type from events where message_id = ?", event.messageId()), row -> row.text("type"));
            assertThat(types).as(event.toString()).containsExactly(event.type());
        }
        return sent;
    }

    private static List<String> typesIn(List<SentEvent> events) {
        return events.stream().map(SentEvent::type).toList();
    }

    /**
     * All clients but those in browsers send one that happened long ago. This server's clock and theirs are months apart:
     * what they send with their time of sending is set right by it, what the caller of RudderStack's dates himself is not.
     */
    private void requireTheOldOrder(boolean isSetRight) {
        record Order(Instant receivedAt, Instant occurredAt, BigDecimal amount) {}
        var order = warehouse
                .first(
                        Sql.of(
                                "select * from events where name = 'Order Completed' and properties like ?",
                                "%o-" + mark + "%"),
                        row -> new Order(
                                row.instant("received_at"),
                                row.instant("occurred_at"),
                                Objects.requireNonNull(row.nullableDecimal("amount"))))
                .orElseThrow();
        assertThat(order.amount()).isEqualByComparingTo("19.9");
        if (isSetRight)
            assertThat(LONG_AGO.plus(Duration.between(order.occurredAt(), order.receivedAt())))
                    .as("when the client says it sent it")
                    .isCloseTo(Clock.systemUTC().instant(), within(2, ChronoUnit.MINUTES));
        else assertThat(order.occurredAt()).isEqualTo(LONG_AGO);
    }

    private List<SentEvent> run(List<String> command, List<String> environment)
            throws IOException, InterruptedException {
        var said = process(clients, command, environment);
        var sent = new ArrayList<SentEvent>();
        var matcher = SENT.matcher(said);
        while (matcher.find()) sent.add(new SentEvent(matcher.group(1), matcher.group(2)));
        return sent;
    }

    private static String process(Path folder, List<String> command, List<String> environment)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("rekindle-client-", ".log").toFile();
        try {
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output);
            for (var one : environment) builder.environment().put(one.split("=")[0], one.split("=", 2)[1]);
            var process = builder.start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) process.destroyForcibly();
            var said = Files.readString(output.toPath());
            assertThat(ended && process.exitValue() == 0)
                    .as("%s said: %s", command, said)
                    .isTrue();
            return said;
        } finally {
            Files.delete(output.toPath());
        }
    }

    /** Once for each lock file. */
    private void installed() throws IOException, InterruptedException {
        assumeTrue(isThere("node") && isThere("npm"), "there is no Node here: its clients are not tried");
        var lock = Files.readAllBytes(clients.resolve("package-lock.json"));
        var done = clients.resolve("node_modules/.rekindle-installed");
        if (Files.exists(done) && Arrays.equals(Files.readAllBytes(done), lock)) return;
        process(
                clients,
                List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"),
                List.of());
        Files.write(done, lock);
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Optional<String> chromium() {
        return Stream.of(
                        Objects.toString(System.getenv("CHROMIUM"), ""),
                        "/usr/bin/chromium",
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome")
                .filter(path -> !path.isEmpty() && Files.isExecutable(Path.of(path)))
                .findFirst();
    }
}
