package io.rekindle.bench.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.RunningServer;
import io.rekindle.bench.Client;
import io.rekindle.bench.Intake;
import io.rekindle.bench.Interruptible;
import io.rekindle.bench.Measure;
import io.rekindle.bench.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fills a server through its intake with customers who have a user id, an e-mail address, a phone number and a device,
 * then asks for profiles by any of these at a steady rate over HTTP. Waits are counted from the moment a question was due,
 * so that a slow answer also counts for those behind it. Baseline: at the same rate, one row by its primary key over JDBC.
 * Then the timeline of one customer with very many events is read page by page; its baseline is the first page of a customer
 * with one event.
 */
@Command(
        name = "lookup",
        mixinStandardHelpOptions = true,
        description =
                "The wait for a profile by any identifier, at a steady rate, against a bare primary-key read; and for pages of a long timeline.")
public final class LookupBench implements Callable<Integer> {
    private static final String WRITE_KEY = "bench-write-key-0123456789";
    private static final String ADMIN_KEY = "bench-admin-key-0123456789";
    private static final int TIMELINE_PAGES = 200;
    private static final int A_PAGE = 50;
    private static final Instant FIRST = Instant.parse("2025-09-01T00:00:00Z");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Some minutes of work: so long the compiler is at it, and has one of two processors. */
    private static final int WARM_UP = 300_000;

    private static final int AT_ONCE = 8;
    private static final double PROMISED_MILLIS = 10;
    private static final long SECOND = 1_000_000_000L;
    private static final long LONGEST_IDLE = 5 * SECOND;

    @Option(names = "--customers", description = "customers there are (default: ${DEFAULT-VALUE})")
    private int customers = 1_000_000;

    @Option(names = "--rate", description = "questions a second (default: ${DEFAULT-VALUE})")
    private int rate = 500;

    @Option(names = "--seconds", description = "length of each measurement (default: ${DEFAULT-VALUE})")
    private int seconds = 30;

    @Option(
            names = "--timeline",
            description = "events of the one customer whose timeline is read (default: ${DEFAULT-VALUE})")
    private int timeline = 50_000;

    @Option(names = "--seed", description = "seed of the questions (default: ${DEFAULT-VALUE})")
    private long seed = 7;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    /** A connection nobody uses, since when. */
    private record Idle(Client client, long since) {}

    private final Queue<Idle> connections = new ConcurrentLinkedQueue<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var folder = Scratch.folder("lookup")) {
            var server = RunningServer.start(
                    new DataFolder(folder.path().resolve("data")),
                    0,
                    Map.of(
                            "rekindle.write-key", WRITE_KEY,
                            "rekindle.admin-key", ADMIN_KEY,
                            "logging.level.io.rekindle", "warn"));
            var ending = new Interruptible(server);
            try {
                var measures = measure(server);
                Measure.print(measures, json);
                return Measure.promised(
                        measures.getFirst().value() < PROMISED_MILLIS, "99 of 100 answers within 10 ms");
            } finally {
                ending.close();
            }
        }
    }

    private List<Measure> measure(RunningServer server) throws InterruptedException {
        int port = URI.create(server.url()).getPort();
        var intake = new Intake(server, WRITE_KEY);
        fill(intake);
        var jdbc = server.part(JdbcClient.class);
        var ids = jdbc.sql("select customer_id from customers order by customer_id limit 200000")
                .query(Long.class)
                .list();
        var random = new Random(seed);
        tell("warming up");
        asFastAsAnswered(WARM_UP, i -> lookup(port, random));
        steadily(5, i -> lookup(port, random));
        steadily(5, i -> read(jdbc, ids.get(random.nextInt(ids.size()))));
        tell("profiles by user id, e-mail, phone and device");
        var asked = steadily(seconds, i -> lookup(port, random));
        tell("rows by primary key");
        var bare = steadily(seconds, i -> read(jdbc, ids.get(random.nextInt(ids.size()))));
        tell("a timeline of %,d events".formatted(timeline));
        fillTimeline(intake);
        int number = Math.clamp(timeline / A_PAGE, 1, TIMELINE_PAGES);
        var few = pages(port, customerOf(port, 1), number, false);
        var many = pages(port, customerOf(port, 0), number, true);
        return List.of(
                Measure.of(
                        "profile by any identifier, %,d customers, %d/s: p99; baseline a primary-key read"
                                .formatted(customers, rate),
                        at(asked, .99),
                        "ms",
                        at(bare, .99)),
                Measure.of("the same, p50", at(asked, .5), "ms", at(bare, .5)),
                Measure.of(
                        "timeline of %,d events, page after page: p99; baseline a customer of one event"
                                .formatted(timeline),
                        at(many, .99),
                        "ms",
                        at(few, .99)),
                Measure.of("the same, p50", at(many, .5), "ms", at(few, .5)));
    }

    /** Gives the first customer a long history. */
    private void fillTimeline(Intake intake) throws InterruptedException {
        intake.bring(timeline, i -> """
                {"type":"track","messageId":"t-%1$d","userId":"u-0","event":"Product Viewed",\
                "timestamp":"%2$s","properties":{"product_id":"p-%3$d","price":9.5}}\
                """.formatted(i, FIRST.plusSeconds(60L * i), i % 977));
    }

    private String customerOf(int port, int number) {
        var answer = post(
                port,
                "/api/customers/lookup",
                "Bearer " + ADMIN_KEY,
                "{\"type\":\"user_id\",\"value\":\"u-%d\"}".formatted(number));
        return JSON.readTree(answer.body()).path("profile").path("customerId").asString();
    }

    /** Nanoseconds each page took, in ascending order: one page after the other, from the first again at the end. */
    private long[] pages(int port, String customer, int number, boolean on) {
        var took = new long[number];
        var cursor = "";
        for (int i = 0; i < number; i++) {
            long from = System.nanoTime();
            var answer = get(port, "/api/customers/%s/timeline?limit=%d%s".formatted(customer, A_PAGE, cursor));
            took[i] = System.nanoTime() - from;
            var next = JSON.readTree(answer.body()).path("nextCursor");
            if (on && next.isNull() && i + 1 < number)
                throw new IllegalStateException("the timeline ended after %d pages".formatted(i + 1));
            cursor = on ? "&cursor=" + next.asString() : "";
        }
        Arrays.sort(took);
        return took;
    }

    private void fill(Intake intake) throws InterruptedException {
        tell("%,d customers through intake".formatted(customers));
        intake.bring(customers, i -> """
                {"type":"identify","messageId":"l-%1$d","userId":"u-%1$d","anonymousId":"a-%1$d",\
                "traits":{"email":"c%1$d@shop.example","phone":"%2$s","city":"Wien","plan":"basic","points":%1$d}}\
                """.formatted(i, phone(i)));
    }

    private static String phone(int customer) {
        return "+8613%09d".formatted(customer);
    }

    private void lookup(int port, Random random) {
        int one;
        int kind;
        synchronized (random) {
            one = random.nextInt(customers);
            kind = random.nextInt(4);
        }
        var asked = switch (kind) {
            case 0 -> "{\"type\":\"user_id\",\"value\":\"u-%d\"}".formatted(one);
            case 1 -> "{\"type\":\"email\",\"value\":\"C%d@shop.example\"}".formatted(one);
            case 2 -> "{\"type\":\"phone\",\"value\":\"%s\"}".formatted(phone(one));
            default -> "{\"type\":\"anonymous_id\",\"value\":\"a-%d\"}".formatted(one);
        };
        var answer = post(port, "/api/customers/lookup", "Bearer " + ADMIN_KEY, asked);
        if (answer.status() != 200 || !answer.body().contains("u-" + one))
            throw new IllegalStateException("%s was answered %d: %s".formatted(asked, answer.status(), answer.body()));
    }

    private static void read(JdbcClient jdbc, long id) {
        jdbc.sql("select first_seen from customers where customer_id = :id")
                .param("id", id)
                .query((row, n) -> row.getString("first_seen"))
                .single();
    }

    private Client.Answer get(int port, String path) {
        var answer =
                ask(port, "GET %s HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer %s\r\n\r\n".formatted(path, ADMIN_KEY));
        if (answer.status() != 200)
            throw new IllegalStateException("%s was answered %d: %s".formatted(path, answer.status(), answer.body()));
        return answer;
    }

    private Client.Answer post(int port, String path, String key, String body) {
        return ask(
                port,
                "POST %s HTTP/1.1\r\nHost: b\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(path, key, body.getBytes(UTF_8).length, body));
    }

    /** Over a connection nobody uses now. */
    private Client.Answer ask(int port, String call) {
        try {
            var client = idle(port);
            var answer = client.ask(call.getBytes(UTF_8));
            connections.add(new Idle(client, System.nanoTime()));
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Client idle(int port) throws IOException {
        for (var idle = connections.poll(); idle != null; idle = connections.poll()) {
            if (System.nanoTime() - idle.since() < LONGEST_IDLE) return idle.client();
            // The server may be closing it just now.
            idle.client().close();
        }
        return new Client(port);
    }

    /** So many questions, a few at a time: a server just started would be drowned by a steady rate. */
    private void asFastAsAnswered(int number, IntConsumer question) throws InterruptedException {
        var places = new Semaphore(AT_ONCE);
        var failed = new AtomicReference<@Nullable RuntimeException>();
        long from = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < number && failed.get() == null; i++) {
                int place = i;
                places.acquire();
                threads.execute(() -> {
                    try {
                        question.accept(place);
                    } catch (RuntimeException e) {
                        failed.compareAndSet(null, e);
                    } finally {
                        places.release();
                    }
                });
            }
        }
        var first = failed.get();
        if (first != null) throw first;
        tell("%,d questions, %,.0f a second".formatted(number, number * 1e9 / (System.nanoTime() - from)));
    }

    /** Nanoseconds each question took from when it was due, in ascending order. */
    private long[] steadily(int length, IntConsumer question) {
        int number = rate * length;
        var took = new long[number];
        long from = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new java.util.ArrayList<java.util.concurrent.Future<?>>(number);
            for (int i = 0; i < number; i++) {
                int place = i;
                long due = from + SECOND * i / rate;
                long wait = due - System.nanoTime();
                if (wait > 0) TimeUnit.NANOSECONDS.sleep(wait);
                all.add(threads.submit(() -> {
                    question.accept(place);
                    took[place] = System.nanoTime() - due;
                }));
            }
            for (var one : all) one.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        Arrays.sort(took);
        return took;
    }

    private static double at(long[] ascending, double share) {
        return ascending[(int) Math.min(ascending.length - 1L, (long) (share * ascending.length))] / 1e6;
    }

    private static void tell(String words) {
        System.err.println(words);
    }
}
