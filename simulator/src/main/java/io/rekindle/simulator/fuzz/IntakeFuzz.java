package io.rekindle.simulator.fuzz;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Sends broken requests to an intake and reads what it says became of each item. Nothing here knows the server but by its
 * answers; whoever calls it holds what was told against what the server has counted.
 */
public final class IntakeFuzz {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MOST_FAILURES = 20;
    private static final int LONGEST_SHOWN = 1_200;
    private static final String KEY = "FUZZ_KEY";
    private static final String BASIC = "FUZZ_BASIC";
    private static final String MESSAGE = "FUZZ_MESSAGE";

    private static final String PLAN = """
            {"seenVersion":0,"mode":"MODE","allowsUnplanned":true,"events":[
              {"type":"track","name":"Order Completed","schema":{"type":"object","required":["total"],"properties":{
                "total":{"type":"number","minimum":0,"multipleOf":0.01},"order_id":{"type":"string","pattern":"^[a-z0-9-]+$"},
                "products":{"type":"array","uniqueItems":true,"items":{"type":"object","required":["price"]}}}}},
              {"type":"identify","schema":{"properties":{"email":{"format":"email"},"birthday":{"format":"date"}}}}]}
            """;

    private final int port;
    private final List<String> writeKeys;
    private final List<Recorded> requests;
    private final long seed;
    private final Outcome outcome;

    /** @param writeKeys one of each source to send to, in turn */
    public IntakeFuzz(int port, List<String> writeKeys, List<Recorded> recorded, long seed) {
        this.port = port;
        this.writeKeys = List.copyOf(writeKeys);
        this.seed = seed;
        this.requests = new ArrayList<>(recorded);
        requests.addAll(own());
        this.outcome = new Outcome(writeKeys.size());
    }

    private static final Pattern SET_ASIDE =
            Pattern.compile("\"messageId\":(?:null|\"((?:[^\"\\\\]|\\\\.)*)\"),\"fate\":\"quarantined\"");

    /** What was answered. */
    public static final class Outcome {
        private final Map<Integer, Integer> statuses = new TreeMap<>();
        private final List<Map<String, Long>> fates = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();
        /** By source, under which ids items were told to be set aside. */
        private final List<Set<String>> setAside = new ArrayList<>();

        private final long[] setAsideWithoutId;

        Outcome(int sources) {
            setAsideWithoutId = new long[sources];
            for (int i = 0; i < sources; i++) {
                fates.add(new TreeMap<>());
                setAside.add(new HashSet<>());
            }
        }

        /** How many different items of the source were told to be set aside, by their message ids. */
        public synchronized long setAside(int source) {
            return setAside.get(source).size();
        }

        /** How many more were that had no message id: each may be another. */
        public synchronized long setAsideWithoutId(int source) {
            return setAsideWithoutId[source];
        }

        /** How many requests were answered with which status; 0: the connection was closed without an answer. */
        public synchronized Map<Integer, Integer> statuses() {
            return Collections.unmodifiableMap(new TreeMap<>(statuses));
        }

        /** How many items of the source had this fate: accepted, duplicate, rejected, quarantined. */
        public synchronized long fate(int source, String fate) {
            return fates.get(source).getOrDefault(fate, 0L);
        }

        /** Answers that must not be, with the number of the request; the first 20. */
        public synchronized List<String> failures() {
            return List.copyOf(failures);
        }

        private synchronized void fail(String what) {
            if (failures.size() < MOST_FAILURES) failures.add(what);
        }

        private synchronized void count(int source, int status, String body) {
            statuses.merge(status, 1, Integer::sum);
            for (var fate : List.of("accepted", "duplicate", "rejected", "quarantined")) {
                long times = occurrences(body, "\"fate\":\"" + fate + "\"");
                if (times > 0) fates.get(source).merge(fate, times, Long::sum);
            }
            var ids = SET_ASIDE.matcher(body);
            while (ids.find()) {
                if (ids.group(1) == null) setAsideWithoutId[source]++;
                else setAside.get(source).add(ids.group(1));
            }
            // A call of one item that is too large is refused, and its item kept.
            if (status == 413 && body.contains("\"code\":\"item_too_large\""))
                fates.get(source).merge("rejected", 1L, Long::sum);
        }

        private static long occurrences(String text, String part) {
            long times = 0;
            for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) times++;
            return times;
        }
    }

    /** A tracking plan of this mode that some of the requests break, for {@code PUT /api/sources/{id}/plan}. */
    public static String plan(String mode) {
        return PLAN.replace("MODE", mode);
    }

    /** Sends this many requests over so many connections. */
    public Outcome send(int number, int connections) throws InterruptedException {
        var next = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < connections; i++)
            threads.add(Thread.ofVirtual().start(() -> {
                try (var connection = new Connection()) {
                    for (int one = next.getAndIncrement(); one < number; one = next.getAndIncrement())
                        send(one, connection);
                } catch (IOException e) {
                    outcome.fail("a connection cannot be closed: " + e);
                }
            }));
        for (var thread : threads) thread.join();
        return outcome;
    }

    private void send(int number, Connection connection) {
        int source = number % writeKeys.size();
        var wire = wire(number, writeKeys.get(source));
        try {
            var answer = connection.send(wire);
            outcome.count(source, answer.status(), answer.body());
            int items =
                    wire.isWhole() && answer.status() == 200 && answer.body().contains("\"items\":[")
                            ? Items.in(wire.path(), wire.body())
                            : Items.UNKNOWN;
            long told = Outcome.occurrences(answer.body(), "\"fate\":\"");
            if (items != Items.UNKNOWN && items != told)
                outcome.fail("request %d of seed %d: of %d items the fate of %d was told, to: %s"
                        .formatted(number, seed, items, told, beginning(wire)));
            if (answer.status() >= 500 || (answer.status() == 0 && wire.isWhole()))
                outcome.fail("request %d of seed %d: %d %s to: %s"
                        .formatted(number, seed, answer.status(), answer.body(), beginning(wire)));
        } catch (SocketTimeoutException e) {
            outcome.fail("request %d of seed %d was not answered within %d s"
                    .formatted(number, seed, PATIENCE_MILLIS / 1000));
            connection.drop();
        } catch (IOException e) {
            outcome.fail("request %d of seed %d: %s".formatted(number, seed, e));
            connection.drop();
        }
    }

    private static String beginning(Mutations.Wire wire) {
        var text = new String(wire.bytes(), StandardCharsets.ISO_8859_1).replace("\r\n", "⏎");
        return "%d bytes, %s".formatted(wire.bytes().length, text.substring(0, Math.min(text.length(), LONGEST_SHOWN)));
    }

    /** The request of this number as it is sent; for who wants to see what failed. */
    public String shown(int number) {
        return new String(wire(number, writeKeys.get(number % writeKeys.size())).bytes(), StandardCharsets.ISO_8859_1);
    }

    private Mutations.Wire wire(int number, String key) {
        var random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + number);
        var given = requests.get(random.nextInt(requests.size()));
        // Some come again under their ids, most are new.
        var id = random.nextInt(4) == 0 ? "again-" + random.nextInt(5) : "fuzz-%d-%d".formatted(seed, number);
        return new Mutations(random)
                .broken(
                        with(given, key, id),
                        requests.stream().map(one -> with(one, key, id)).toList());
    }

    private static Recorded with(Recorded given, String key, String id) {
        var basic = Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
        var body = new String(given.body(), StandardCharsets.UTF_8)
                .replace(KEY, key)
                .replace(MESSAGE, id);
        return new Recorded(
                given.method(),
                given.path().replace(KEY, key),
                given.headers().stream()
                        .map(h -> h.replace(BASIC, basic).replace(KEY, key))
                        .toList(),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** A request of a recorded client, with places for the key and for message ids in it. */
    public static Recorded recorded(String method, String path, List<String> headers, String body, List<String> keys) {
        var text = body.replaceAll("(\"messageId\":\")([^\"]{1,60})", "$1" + MESSAGE + "-$2");
        var at = path;
        var own = new ArrayList<>(headers);
        for (var key : keys) {
            text = text.replace("\"writeKey\":\"" + key + "\"", "\"writeKey\":\"" + KEY + "\"");
            at = at.replace("/" + key + "/", "/" + KEY + "/");
            var basic = Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
            own.replaceAll(header -> header.replace(basic, BASIC).replace(": " + key, ": " + KEY));
        }
        return new Recorded(method, at, own, text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Recorded> own() {
        var headers = List.of("Authorization: Basic " + BASIC, "Content-Type: application/json");
        var order =
                "{\"type\":\"track\",\"userId\":\"u1\",\"event\":\"Order Completed\",\"messageId\":\"FUZZ_MESSAGE-o\",\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"properties\":{\"order_id\":\"o1\",\"total\":19.9,\"currency\":\"EUR\",\"products\":[{\"product_id\":\"p1\",\"price\":9.95,\"quantity\":2}],\"coupon\":\"X\"},\"context\":{\"ip\":\"1.2.3.4\",\"page\":{\"url\":\"https://shop.example/?utm_source=m&email=a@b.example\",\"search\":\"?q=1\"}}}";
        var person =
                "{\"type\":\"identify\",\"userId\":\"u1\",\"anonymousId\":\"a1\",\"messageId\":\"FUZZ_MESSAGE-i\",\"traits\":{\"email\":\"li@example.com\",\"phone\":\"+8613800138000\",\"birthday\":\"1990-05-01\",\"address\":{\"street\":\"Main 1\",\"city\":\"Wien\"},\"plan\":\"gold\",\"手机号\":\"13911115555\"},\"context\":{\"traits\":{\"email\":\"li@example.com\"}}}";
        var group =
                "{\"type\":\"group\",\"userId\":\"u1\",\"groupId\":\"g1\",\"messageId\":\"FUZZ_MESSAGE-g\",\"traits\":{\"plan\":\"a\"}}";
        var alias = "{\"type\":\"alias\",\"userId\":\"u1\",\"previousId\":\"a1\",\"messageId\":\"FUZZ_MESSAGE-a\"}";
        var page =
                "{\"type\":\"page\",\"anonymousId\":\"a1\",\"name\":\"Home\",\"messageId\":\"FUZZ_MESSAGE-p\",\"properties\":{\"url\":\"https://shop.example/#/basket?email=x@y.example\"},\"sentAt\":\"2026-01-02T03:04:05Z\",\"originalTimestamp\":\"2026-01-02T03:04:04Z\"}";
        var batch =
                "{\"batch\":[%s,%s,%s,%s,%s,17],\"context\":{\"library\":{\"name\":\"x\"},\"ip\":\"1.2.3.4\"},\"sentAt\":\"2026-01-02T03:04:05Z\",\"writeKey\":\"FUZZ_KEY\"}"
                        .formatted(order, person, group, alias, page);
        return List.of(
                new Recorded("POST", "/v1/batch", headers, batch.getBytes(StandardCharsets.UTF_8)),
                new Recorded("POST", "/v1/import/", List.of(), batch.getBytes(StandardCharsets.UTF_8)),
                new Recorded("POST", "/v1/track", headers, order.getBytes(StandardCharsets.UTF_8)),
                new Recorded("POST", "/v1/identify", headers, person.getBytes(StandardCharsets.UTF_8)),
                new Recorded("POST", "/v1/g", List.of("X-Write-Key: " + KEY), group.getBytes(StandardCharsets.UTF_8)),
                new Recorded("POST", "/v1/p", headers, page.getBytes(StandardCharsets.UTF_8)),
                new Recorded("POST", "/v1/alias", headers, alias.getBytes(StandardCharsets.UTF_8)));
    }

    private record Answer(int status, String body) {}

    private static final class Closed extends IOException {
        private static final long serialVersionUID = 1;

        Closed() {
            super("the connection was closed before an answer");
        }
    }

    /** One connection at a time, a new one whenever the last is not fit for another request. */
    private final class Connection implements AutoCloseable {
        private Socket socket = new Socket();
        private InputStream in = InputStream.nullInputStream();
        private boolean isOpen;

        /** Once more on a new connection when an old one is found closed: the server was done with it (RFC 9112, 9.3.1). */
        Answer send(Mutations.Wire wire) throws IOException {
            boolean isOld = isOpen;
            var answer = sendOnce(wire);
            return answer.status() == 0 && isOld ? sendOnce(wire) : answer;
        }

        private Answer sendOnce(Mutations.Wire wire) throws IOException {
            if (!isOpen) open();
            try {
                try {
                    socket.getOutputStream().write(wire.bytes());
                    socket.getOutputStream().flush();
                } catch (IOException refusedEarly) {
                    // What it says of it stands in its answer.
                }
                if (!wire.isWhole()) socket.shutdownOutput();
                var answer = answer();
                if (!wire.isWhole()) drop();
                return answer;
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                drop();
                return new Answer(0, String.valueOf(e));
            }
        }

        private void open() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
            isOpen = true;
        }

        private Answer answer() throws IOException {
            var line = line();
            int status = Integer.parseInt(line.substring(9, 12));
            int length = -1;
            boolean chunked = false;
            boolean closes = false;
            for (var header = line(); !header.isEmpty(); header = line()) {
                var lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:"))
                    length = Integer.parseInt(lower.substring(15).strip());
                chunked |= lower.startsWith("transfer-encoding:");
                closes |= lower.equals("connection: close");
            }
            if (status == 100) return answer();
            var body = new ByteArrayOutputStream();
            if (chunked) {
                for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                    body.writeBytes(in.readNBytes(size));
                    line();
                }
                line();
            } else if (length > 0) {
                body.writeBytes(in.readNBytes(length));
            } else if (length < 0 && closes) {
                body.writeBytes(in.readAllBytes());
            }
            if (closes) drop();
            return new Answer(status, body.toString(StandardCharsets.UTF_8));
        }

        private String line() throws IOException {
            var line = new StringBuilder(80);
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) throw new Closed();
                if (c != '\r') line.append((char) c);
            }
            return line.toString();
        }

        void drop() {
            try {
                socket.close();
            } catch (IOException e) {
                // It is gone either way.
            }
            isOpen = false;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
