package io.rekindle.bench.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.bench.Client;
import io.rekindle.bench.Intake;
import io.rekindle.bench.Interruptible;
import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import io.rekindle.deliver.MailSettings;
import io.rekindle.deliver.channel.Handover;
import io.rekindle.deliver.smtp.DkimKey;
import io.rekindle.deliver.smtp.Mail;
import io.rekindle.deliver.smtp.SmtpConnection;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A broadcast with ledger, tracking links and a coupon of one's own for everybody: how long it takes to be planned, and how
 * many a minute are made out and handed to a mail server. Baseline of the latter: a bare loop that hands a mail of the same
 * length over the same number of connections of the same client, and does nothing else.
 */
@Command(
        name = "deliver",
        mixinStandardHelpOptions = true,
        description =
                "A broadcast: planned, made out, handed to Postfix's smtp-sink; against a bare loop over the same client.")
public final class DeliverBench implements Callable<Integer> {
    private static final String WRITE_KEY = "bench-write-key-0123456789";
    private static final String ADMIN_KEY = "bench-admin-key-0123456789";
    private static final double PROMISED_PLAN_SECONDS = 25;
    private static final double PROMISED_A_MINUTE = 50_000;
    private static final double PROMISED_A_MINUTE_SIGNED = 20_000;
    private static final String SELECTOR = "bench";
    private static final String SENDER = "Our shop <shop@bench.example>";
    private static final double PROMISED_RATIO = 0.4;
    private static final double PROMISED_MEGABYTES = 1_500;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Option(names = "--messages", description = "customers who are written to (default: ${DEFAULT-VALUE})")
    private int messages = 1_000_000;

    @Option(names = "--connections", description = "connections to the mail server (default: ${DEFAULT-VALUE})")
    private int connections = 4;

    @Option(names = "--bare-seconds", description = "length of the bare loop (default: ${DEFAULT-VALUE})")
    private int bareSeconds = 20;

    @Option(
            names = "--signed",
            description = "mails are signed (DKIM, RSA-2048), those of the bare loop too; promised are 20,000 a minute")
    private boolean signed;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var sink = Sink.start();
                var folder = Scratch.folder("deliver")) {
            var pem = signed ? DkimPem.write(folder.path().resolve("dkim.pem")) : null;
            var server =
                    RunningServer.start(new DataFolder(folder.path().resolve("data")), 0, settings(sink.port(), pem));
            var ending = new Interruptible(server);
            try {
                port = URI.create(server.url()).getPort();
                var measures = measure(server, sink.port(), pem);
                Measure.print(measures, json);
                return kept(measures);
            } finally {
                ending.close();
            }
        }
    }

    private Map<String, String> settings(int sink, @Nullable Path pem) {
        var settings = new TreeMap<>(Map.of(
                "rekindle.write-key",
                WRITE_KEY,
                "rekindle.admin-key",
                ADMIN_KEY,
                "rekindle.mail.host",
                "127.0.0.1",
                "rekindle.mail.port",
                Integer.toString(sink),
                "rekindle.mail.start-tls",
                "off",
                "rekindle.mail.connections",
                Integer.toString(connections),
                "rekindle.mail.from",
                SENDER,
                "rekindle.warehouse.memory-limit",
                "512MB"));
        settings.put("logging.level.io.rekindle", "warn");
        settings.put("logging.level.io.rekindle.decide.Broadcasts", "info");
        if (pem != null) {
            settings.put("rekindle.mail.dkim-selector", SELECTOR);
            settings.put("rekindle.mail.dkim-key-file", pem.toString());
        }
        return settings;
    }

    private int kept(List<Measure> measures) {
        int kept = 0;
        if (messages == 1_000_000)
            kept |= Measure.promised(
                    measures.getFirst().value() < PROMISED_PLAN_SECONDS, "a million planned within 25 seconds");
        var sent = measures.get(1);
        kept |= signed
                ? Measure.promised(sent.value() >= PROMISED_A_MINUTE_SIGNED, "20,000 signed mails a minute")
                : Measure.promised(sent.value() >= PROMISED_A_MINUTE, "50,000 mails a minute");
        kept |= Measure.promised(sent.ratio() >= PROMISED_RATIO, "0.4 of a bare loop");
        return kept | Measure.promised(measures.get(2).value() < PROMISED_MEGABYTES, "less than 1.5 GB of memory");
    }

    private List<Measure> measure(RunningServer server, int sink, @Nullable Path pem)
            throws IOException, InterruptedException {
        fill(server);
        long campaign = campaign();
        var jdbc = server.part(JdbcClient.class);
        tell("planning");
        long began = System.nanoTime();
        call("POST", "/api/campaigns/%d/approve".formatted(campaign), "");
        while (count(jdbc, "select count(*) from message_runs") == 0) TimeUnit.MILLISECONDS.sleep(50);
        double planned = seconds(began);
        tell("planned in %.1f s".formatted(planned));
        began = System.nanoTime();
        var memory = new Memory();
        long told = began;
        while (true) {
            long left = count(jdbc, "select count(*) from messages where state in ('ready', 'sending', 'deferred')");
            memory.look();
            if (left == 0) break;
            if (seconds(told) >= 10) {
                told = System.nanoTime();
                tell("%,d left after %.0f s, %,.0f MB".formatted(left, seconds(began), memory.last()));
            }
            TimeUnit.MILLISECONDS.sleep(1_000);
        }
        double took = seconds(began);
        long sent = count(jdbc, "select count(*) from messages where state = 'sent'");
        if (sent != count(jdbc, "select count(*) from messages") || sent == 0)
            throw new IllegalStateException("%,d were sent, not all".formatted(sent));
        if (count(jdbc, "select count(*) from coupons where message_id is not null") != sent)
            throw new IllegalStateException("not each has a coupon of its own");
        tell("%,d sent in %.1f s; the bare loop".formatted(sent, took));
        double bare = bare(sink, pem);
        return List.of(
                Measure.of("%,d messages planned".formatted(sent), planned, "s", PROMISED_PLAN_SECONDS),
                Measure.of(
                        "mails a minute made out and handed over, with ledger, links and coupon; baseline a bare loop",
                        sent / took * 60,
                        "/min",
                        bare * 60),
                Measure.of(
                        "memory of the process, the most; baseline live heap at the end",
                        memory.most(),
                        "MB",
                        memory.heap()));
    }

    /** Mails a second, over as many connections, handed over and nothing else. */
    private double bare(int sink, @Nullable Path pem) throws InterruptedException {
        var settings = new MailSettings(
                "127.0.0.1",
                sink,
                null,
                null,
                SENDER,
                null,
                connections,
                MailSettings.StartTls.OFF,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                0,
                Duration.ofMinutes(15),
                pem == null ? null : SELECTOR,
                null,
                pem);
        var html = "<html><body>" + paragraphs("Anna") + "</body></html>";
        loop(settings, html, 5);
        return loop(settings, html, bareSeconds);
    }

    private double loop(MailSettings settings, String html, int length) throws InterruptedException {
        long began = System.nanoTime();
        long until = began + TimeUnit.SECONDS.toNanos(length);
        var sent = new AtomicLong();
        var clock = InstantSource.system();
        var key = DkimKey.of(settings).orElse(null);
        try (var threads = Executors.newFixedThreadPool(connections)) {
            var all = new ArrayList<Future<?>>();
            for (int n = 0; n < connections; n++)
                all.add(threads.submit(() -> {
                    try (var connection = SmtpConnection.open(settings, key)) {
                        while (System.nanoTime() < until) {
                            long id = sent.incrementAndGet();
                            var mail = new Mail(
                                    "m%d@bench.example".formatted(id),
                                    null,
                                    "c%d@shop.example".formatted(id),
                                    "We miss you, Anna",
                                    html,
                                    "We miss you, Anna. Your code: C%d".formatted(id),
                                    clock.instant(),
                                    Map.of("X-Rekindle-Message", Long.toString(id)));
                            if (!(connection.send(mail) instanceof Handover.Accepted))
                                throw new IllegalStateException("the sink did not take a mail");
                        }
                        return null;
                    } catch (MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            for (var one : all) one.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return sent.get() / seconds(began);
    }

    /** One in a hundred has ordered: without a past there is nothing an objective could be held against. */
    private void fill(RunningServer server) throws InterruptedException {
        tell("%,d customers through intake".formatted(messages));
        var intake = new Intake(server, WRITE_KEY);
        intake.bring(messages, i -> """
                {"type":"identify","messageId":"d-%1$d","userId":"u-%1$d",\
                "traits":{"email":"c%1$d@shop.example","firstName":"Anna","city":"Wien","consent":{"email":true}}}\
                """.formatted(i));
        var ordered = Instant.ofEpochMilli(System.currentTimeMillis()).minus(Duration.ofDays(100));
        intake.bring((messages + 99) / 100, i -> """
                {"type":"track","messageId":"o-%1$d","userId":"u-%1$d","event":"Order Completed","timestamp":"%2$s",\
                "properties":{"order_id":"o-%1$d","total":20}}\
                """.formatted(i, ordered));
    }

    /** Submitted, for everybody, with codes for all. */
    private long campaign() {
        var soon = Instant.ofEpochMilli(System.currentTimeMillis()).plus(Duration.ofDays(60));
        long objective = made(
                "/api/objectives",
                "{\"name\":\"Back\",\"kind\":\"retain\",\"metric\":\"repurchase_rate\",\"unit\":\"points\",\"windowDays\":30,\"target\":0.05,\"deadline\":\"%s\"}"
                        .formatted(soon.toString().substring(0, 10)));
        long segment = made(
                "/api/segments", "{\"name\":\"all\",\"rule\":{\"trait\":\"city\",\"is\":\"in\",\"value\":[\"Wien\"]}}");
        long offer = made(
                "/api/offers",
                "{\"name\":\"five\",\"kind\":\"percent\",\"value\":5,\"costPerUse\":0,\"expiresAt\":\"%s\"}"
                        .formatted(soon));
        tell("%,d codes".formatted(messages));
        call(
                "POST",
                "/api/offers/%d/codes".formatted(offer),
                "{\"generate\":%d,\"prefix\":\"BENCH\"}".formatted(messages));
        long template = made(
                "/api/templates",
                JSON.writeValueAsString(
                        Map.of(
                                "name", "We miss you",
                                "channel", "email",
                                "subject", "We miss you, {{ customer.first_name }}",
                                "html",
                                        "<html><body>" + paragraphs("{{ customer.first_name }}")
                                                + "<p><b data-coupon='{{ offer.code }}'>{{ offer.code }}</b></p>"
                                                + "<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p></body></html>",
                                "text",
                                        "We miss you, {{ customer.first_name }}. Your code: {{ offer.code }}. {{ unsubscribe_url }}")));
        long campaign = made(
                "/api/campaigns",
                "{\"name\":\"everybody\",\"objectiveId\":%d,\"segmentId\":%d,\"templateId\":%d,\"offerId\":%d,\"holdoutShare\":0.01,\"sendWindow\":{\"from\":\"00:00\",\"to\":\"23:59\"},\"attributionDays\":14,\"messageCost\":0.01}"
                        .formatted(objective, segment, template, offer));
        call("POST", "/api/campaigns/%d/submit".formatted(campaign), "");
        return campaign;
    }

    private static String paragraphs(String name) {
        var text = new StringBuilder();
        for (int n = 1; n <= 8; n++)
            text.append(
                            "<p>Dear %s, since you were here last our shelves have changed, and <a href=\"https://shop.example/new/%d\">what is new</a> may be yours. "
                                    .formatted(name, n))
                    .append("It waits for you until the end of the week, and we keep it at the price you know.</p>\n");
        return text.toString();
    }

    private long made(String path, String body) {
        return call("POST", path, body).get("id").longValue();
    }

    private JsonNode call(String method, String path, String body) {
        var answer = ask(method, path, "Bearer " + ADMIN_KEY, body);
        if (answer.status() >= 300)
            throw new IllegalStateException("%s was answered %d: %s".formatted(path, answer.status(), answer.body()));
        return JSON.readTree(answer.body());
    }

    private Client.Answer ask(String method, String path, String key, String body) {
        try (var client = new Client(port)) {
            return client.ask(
                    "%s %s HTTP/1.1\r\nHost: b\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(method, path, key, body.getBytes(UTF_8).length, body)
                            .getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long count(JdbcClient jdbc, String question) {
        return jdbc.sql(question).query(Long.class).single();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void tell(String words) {
        System.err.println(words);
    }

    /** Resident memory of this process, in megabytes. */
    private static final class Memory {
        private static final Path STATUS = Path.of("/proc/self/status");
        private double most;
        private double last;

        void look() throws IOException {
            for (var line : Files.readAllLines(STATUS))
                if (line.startsWith("VmRSS:")) last = Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            most = Math.max(most, last);
        }

        double last() {
            return last;
        }

        double most() {
            return most;
        }

        double heap() {
            System.gc();
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
        }
    }
}
