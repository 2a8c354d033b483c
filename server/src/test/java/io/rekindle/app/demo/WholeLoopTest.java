package io.rekindle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.access.FirstSignIn;
import io.rekindle.app.server.DataFolder;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The demonstration at a tenth of its size: the loop closes, and the console shows it in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeLoopTest {
    private static final String PASSWORD = "whole-loop-password";

    @SuppressWarnings("NullAway.Init")
    private Demo demo;

    @SuppressWarnings("NullAway.Init")
    private DemoReport report;

    @BeforeAll
    void runTheLoop() {
        var place = TestPostgres.newDatabase();
        var clock = Clock.systemUTC();
        var settings = new HashMap<String, String>(Map.of(
                "rekindle.database.url",
                place.url(),
                "rekindle.database.user",
                place.user(),
                "rekindle.database.password",
                place.password(),
                "rekindle.database.connections",
                "16",
                "rekindle.warehouse.memory-limit",
                "1GB",
                "rekindle.admin-key",
                "whole-loop-admin-key-0123",
                "rekindle.admin-password",
                PASSWORD));
        int port = freePort();
        demo = Demo.start(
                new Demo.Wish(new DataFolder(TestFolders.newFolder("loop")), port, 2_000, 7, 0.25, settings),
                new Silent(),
                clock.instant());
        report = demo.run(clock.instant(), clock);
    }

    @AfterAll
    void end() {
        if (demo != null) demo.close();
    }

    @Test
    @Order(1)
    void thePartsOfTheAudienceAddUp() {
        assertThat(report.audience()).isGreaterThan(200);
        assertThat(report.eligible()).isLessThan(report.audience()).isGreaterThan(150);
        assertThat(report.heldOut()).isGreaterThan(20);
        assertThat(report.sent()).isPositive();
        assertThat(report.delivered()).isPositive().isLessThanOrEqualTo(report.sent());
        assertThat(report.heldOut() + report.sent()).isLessThanOrEqualTo(report.eligible());
    }

    /** One seed; how often the interval holds the truth over many is the business of the simulation tests. */
    @Test
    @Order(2)
    void theMeasuredDifferenceIsNearTheTruth() {
        var conversion = report.lift().conversion();
        double halfWidth = (conversion.high() - conversion.low()) / 2;
        assertThat(report.truth().conversion()).isBetween(0.02, 0.4);
        assertThat(conversion.estimate())
                .isBetween(
                        report.truth().conversion() - 2 * halfWidth,
                        report.truth().conversion() + 2 * halfWidth);
    }

    @Test
    @Order(3)
    void theLedgerAloneSaysTheSame() {
        var warehouse = demo.server().part(Warehouse.class);
        var conversion = warehouse.first(Sql.of("""
                        select avg(case when arm = 'treatment' then case when converted then 1.0 else 0.0 end end)
                             - avg(case when arm = 'holdout' then case when converted then 1.0 else 0.0 end end) as lift
                        from outcomes_now where campaign_id = ?
                        """, report.campaignId()), row -> row.doubleValue("lift"));
        assertThat(conversion.orElseThrow())
                .isCloseTo(report.lift().conversion().estimate(), org.assertj.core.data.Offset.offset(1e-9));
    }

    /** Every page a person goes through, in a real browser; pictures in {@code target/screenshots}. */
    @Test
    @Order(4)
    void aPersonCanGoTheWholeWayInTheConsole() throws Exception {
        assumeTrue(
                Boolean.getBoolean("rekindle.browser"),
                "the browser test runs with ./rekindle test (or -Drekindle.browser=true)");
        var root = Path.of(System.getProperty("rekindle.root"));
        var pictures = root.resolve("server").resolve("target").resolve("screenshots");
        Files.createDirectories(pictures);
        var output = new File(pictures.toFile(), "browser.log");
        var browser = new ProcessBuilder(List.of("node", "e2e/run.mjs"))
                .directory(root.resolve("console").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output);
        browser.environment()
                .putAll(Map.of(
                        "BASE_URL",
                        demo.server().url(),
                        "EMAIL",
                        FirstSignIn.EMAIL,
                        "PASSWORD",
                        PASSWORD,
                        "SCREENSHOTS",
                        pictures.toString()));
        var process = browser.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0)
                .as(Files.readString(output.toPath()))
                .isTrue();
    }

    private static int freePort() {
        try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static final class Silent implements Stage {
        @Override
        public void begin(String what, long of) {}

        @Override
        public void at(long done) {}

        @Override
        public void end(String result) {}
    }
}
