package io.rekindle.app.demo;

import io.rekindle.app.server.ApiClient;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.common.Page;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import io.rekindle.simulator.EventDoor;
import io.rekindle.simulator.Mailboxes;
import io.rekindle.simulator.Market;
import io.rekindle.simulator.MarketSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The whole loop on a simulated shop. The simulator plays the outside world and meets the product only at its public
 * doors (intake, mail, links); what a marketing team does is done here through the management API. The business clock
 * starts thirty-one days ago and ends today.
 */
public final class Demo implements AutoCloseable {
    private static final int WINDOW_DAYS = 30;
    private static final int DAYS_BACK = WINDOW_DAYS + 1;
    private static final int LAPSED_DAYS = 150;
    private static final int COUPON_PERCENT = 10;
    private static final double HOLDOUT_SHARE = 0.2;
    private static final double MESSAGE_COST = 0.01;
    /** After every event of a day of the market, so that none lies in the product's future. */
    private static final LocalTime AFTER_CLOSING = LocalTime.of(22, 30);

    private final RunningServer server;
    private final ApiClient api;
    private final Market market;
    private final Mailboxes mailboxes;
    private final EventDoor door;
    private final Stage stage;
    private final LocalDate sendDay;
    private final Set<String> buyers = new HashSet<>();

    /** What to demonstrate: see {@link DemoReport} for the words. */
    public record Wish(
            DataFolder folder, int port, int customers, long seed, double effect, Map<String, String> settings) {}

    private Demo(
            RunningServer server, Market market, Mailboxes mailboxes, EventDoor door, Stage stage, LocalDate sendDay) {
        this.server = server;
        this.api = server.client();
        this.market = market;
        this.mailboxes = mailboxes;
        this.door = door;
        this.stage = stage;
        this.sendDay = sendDay;
    }

    /** Starts the simulated shop, its customers' mailboxes and the server. */
    public static Demo start(Wish wish, Stage stage, Instant now) {
        stage.begin("starting PostgreSQL, DuckDB and the server", 0);
        var sendDay = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DAYS_BACK);
        var market = new Market(MarketSettings.of(wish.customers(), wish.seed(), sendDay)
                .withEffect(wish.effect())
                .withCouponPercent(COUPON_PERCENT));
        var mailboxes = Mailboxes.open(0, market.habits());
        var writeKey = randomKey();
        var settings = new HashMap<>(wish.settings());
        settings.put("rekindle.demo", "true");
        // Its clock is moved only when all is quiet, so nothing is reported late.
        settings.put("rekindle.evaluate.grace", "0s");
        settings.put("rekindle.seed", Long.toString(wish.seed()));
        settings.put(
                "rekindle.clock-start",
                at(sendDay.minusDays(1), LocalTime.of(23, 0)).toString());
        settings.put("rekindle.write-key", writeKey);
        settings.put("rekindle.mail.host", "127.0.0.1");
        settings.put("rekindle.mail.port", Integer.toString(mailboxes.port()));
        settings.put("rekindle.mail.start-tls", "off");
        try {
            makeKeyFromSeed(wish);
            var server = RunningServer.start(wish.folder(), wish.port(), settings);
            stage.end("ready at " + server.url());
            return new Demo(
                    server, market, mailboxes, new EventDoor(URI.create(server.url()), writeKey), stage, sendDay);
        } catch (RuntimeException e) {
            mailboxes.close();
            market.close();
            throw e;
        }
    }

    /**
     * Customer ids are hashes under the master key and arms are drawn by customer id: with a key made from the seed the
     * same seed draws the same arms. Only here: nobody in a demonstration is real.
     */
    private static void makeKeyFromSeed(Wish wish) {
        var data = wish.folder().path();
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var key = digest.digest(("rekindle demo " + wish.seed()).getBytes(StandardCharsets.UTF_8));
            var file = data.resolve("keys").resolve("rekindle.key");
            OwnerOnly.folderOf(file);
            Files.writeString(OwnerOnly.newFile(file), HexFormat.of().formatHex(key) + "\n");
        } catch (IOException e) {
            throw Problem.invalid("data_folder_unusable", "%s cannot be used: %s".formatted(data, e.getMessage()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    public RunningServer server() {
        return server;
    }

    /** The user ids of who ordered within the campaign's window, as only the simulator knows it. */
    Set<String> buyers() {
        return buyers;
    }

    /** Runs the loop once and reports. */
    public DemoReport run(Instant startedAt, java.time.InstantSource clock) {
        playHistory();
        analyse();
        var objective = makeObjective();
        long campaign = makeCampaign(objective);
        var forecast = api.post("/api/campaigns/" + campaign + "/forecast", Map.of());
        stage.begin("forecast before approval", 0);
        stage.end("%,d in the segment, %,d to write to, %,d held out; smallest difference this can see: %.1f points"
                .formatted(
                        forecast.path("audience").asLong(),
                        forecast.path("toSend").asLong(),
                        forecast.path("heldOut").asLong(),
                        100
                                * forecast.path("power")
                                        .path("minimumDetectableEffect")
                                        .asDouble()));
        api.post("/api/campaigns/" + campaign + "/submit", Map.of());
        api.post("/api/campaigns/" + campaign + "/approve", Map.of());
        send(campaign);
        var assigned = assignedUserIds(campaign);
        // Asked before the window is played, while the simulator's customers stand as they do on the send day.
        double truth = market.trueConversionEffect(assigned, sendDay, WINDOW_DAYS);
        playWindow();
        var result = api.get("/api/campaigns/" + campaign + "/result");
        api.post("/api/clock/release", Map.of());
        return report(campaign, result, truth, Duration.between(startedAt, clock.instant()));
    }

    private void playHistory() {
        stage.begin("two years of history through the intake", market.settings().customers());
        var played = market.playHistory(door, (done, all) -> stage.at(done));
        server.part(io.rekindle.platform.TimeTravel.class).awaitQuiet();
        stage.end("%,d events of %,d customers, %,d orders"
                .formatted(played.events(), played.signUps(), played.orders()));
    }

    private void analyse() {
        stage.begin("who is valuable, who is slipping away", 0);
        advance(sendDay, LocalTime.of(6, 0));
        api.post("/api/analysis/refresh", Map.of());
        var overview = api.get("/api/overview");
        var words = new ArrayList<String>();
        for (var row : overview.path("stages"))
            words.add("%s %,d"
                    .formatted(
                            row.path("stage").asString(), row.path("customers").asLong()));
        stage.end(String.join(", ", words));
    }

    private long makeObjective() {
        return api.post(
                        "/api/objectives",
                        Map.of(
                                "kind", "activate",
                                "name", "Win back customers who have gone quiet",
                                "metric", "reactivation_rate",
                                "unit", "points",
                                "windowDays", WINDOW_DAYS,
                                "target", 0.03,
                                "deadline", sendDay.plusDays(60).toString()))
                .path("id")
                .asLong();
    }

    private long makeCampaign(long objective) {
        long segment = api.post(
                        "/api/segments",
                        Map.of(
                                "name",
                                "Lapsed: bought before, but not for %d days".formatted(LAPSED_DAYS),
                                "rule",
                                // Order history reaches back, so what this segment does unasked can be measured too.
                                Map.of("orders", Map.of("lastOrder", Map.of("beforeDays", LAPSED_DAYS)))))
                .path("id")
                .asLong();
        long offer = api.post(
                        "/api/offers",
                        Map.of(
                                "name",
                                "Welcome back",
                                "kind",
                                "percent",
                                "value",
                                COUPON_PERCENT,
                                "costPerUse",
                                0,
                                "expiresAt",
                                at(sendDay.plusDays(WINDOW_DAYS), LocalTime.MIDNIGHT)
                                        .toString()))
                .path("id")
                .asLong();
        api.post(
                "/api/offers/" + offer + "/codes",
                Map.of("generate", market.settings().customers(), "prefix", "BACK"));
        long template = api.post("/api/templates", DemoMail.template(server.url()))
                .path("id")
                .asLong();
        var campaign = new HashMap<String, Object>();
        campaign.put("name", "Win-back: a welcome for the lapsed");
        campaign.put("objectiveId", objective);
        campaign.put("segmentId", segment);
        campaign.put("templateId", template);
        campaign.put("offerId", offer);
        campaign.put("holdoutShare", HOLDOUT_SHARE);
        campaign.put("attributionDays", WINDOW_DAYS);
        campaign.put("messageCost", MESSAGE_COST);
        campaign.put(
                "sendWindow",
                Map.of(
                        "from", "07:00",
                        "to", "20:00",
                        "startAt", at(sendDay, LocalTime.of(7, 0)).toString()));
        return api.post("/api/campaigns", campaign).path("id").asLong();
    }

    /** A mail server that puts a mail off is asked again after some minutes, so the clock goes on in quarters. */
    private void send(long campaign) {
        stage.begin("deciding, writing the ledger, sending", 0);
        for (var time = LocalTime.of(7, 0); time.isBefore(Market.OPENS); time = time.plusMinutes(15))
            advance(sendDay, time);
        var progress = api.get("/api/campaigns/" + campaign + "/progress");
        stage.end("%,d sent, %,d refused for good, %,d skipped, %,d in doubt"
                .formatted(
                        progress.path("sent").asLong(),
                        progress.path("failed").asLong(),
                        progress.path("skipped").asLong(),
                        progress.path("inDoubt").asLong()));
    }

    private List<String> assignedUserIds(long campaign) {
        var ids = new ArrayList<String>();
        String cursor = "";
        do {
            var page = api.get("/api/campaigns/%d/decisions?limit=%d%s"
                    .formatted(campaign, Page.LARGEST, cursor.isEmpty() ? "" : "&cursor=" + cursor));
            for (var row : page.path("items"))
                if (row.path("eligible").asBoolean()) ids.add(row.path("userId").asString());
            cursor = page.path("nextCursor").asString("");
        } while (!cursor.isEmpty());
        if (ids.isEmpty())
            throw Problem.conflict(
                    "empty_audience",
                    "no customer of this shop has lapsed and may be written to; ask for more with --customers");
        return ids;
    }

    private void playWindow() {
        stage.begin("a month goes by, day by day", WINDOW_DAYS);
        long orders = 0;
        long opens = 0;
        long clicks = 0;
        for (int day = 0; day < WINDOW_DAYS; day++) {
            var date = sendDay.plusDays(day);
            advance(date, AFTER_CLOSING);
            var summary = market.playDay(date, door, mailboxes);
            if (summary.failedVisits() > 0 || summary.refusedLinks() > 0)
                throw new IllegalStateException("links in the mails did not work: " + summary.problems());
            orders += summary.played().orders();
            buyers.addAll(summary.buyers());
            opens += summary.opens();
            clicks += summary.clicks();
            stage.at(day + 1L);
        }
        advance(sendDay.plusDays(WINDOW_DAYS), LocalTime.of(8, 0));
        stage.end("%,d orders, %,d opens and %,d clicks by people".formatted(orders, opens, clicks));
    }

    private DemoReport report(long campaign, JsonNode result, double truth, Duration took) {
        var lift = result.path("lift");
        return new DemoReport(
                market.settings().customers(),
                market.settings().seed(),
                market.settings().effect(),
                campaign,
                result.path("audience").asLong(),
                result.path("eligible").asLong(),
                result.path("heldOut").asLong(),
                result.path("sent").asLong(),
                result.path("delivered").asLong(),
                new DemoReport.Lift(
                        DemoReport.Difference.of(lift.path("conversion")),
                        DemoReport.Difference.of(lift.path("orders")),
                        DemoReport.Difference.of(lift.path("netRevenuePerCustomer"))),
                new DemoReport.Truth(truth),
                result.path("verdict").asString(""),
                result.path("words").path("en").asString(""),
                result.path("cost"),
                result.path("netGain"),
                took.toMillis() / 1000.0);
    }

    private void advance(LocalDate day, LocalTime time) {
        api.post("/api/clock/advance", Map.of("to", at(day, time).toString()));
    }

    private static Instant at(LocalDate day, LocalTime time) {
        return day.atTime(time).toInstant(ZoneOffset.UTC);
    }

    private static String randomKey() {
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return "demo_" + HexFormat.of().formatHex(bytes);
    }

    /** Ends the simulated shop; the server goes on until it is closed itself. */
    public void endMarket() {
        door.close();
        mailboxes.close();
        market.close();
    }

    @Override
    public void close() {
        endMarket();
        server.close();
    }
}
