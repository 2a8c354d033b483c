package io.rekindle.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The product's public doors, over real HTTP: an intake that keeps what it is given, and the links of its mails. */
final class TestProduct implements AutoCloseable {
    static final String WRITE_KEY = "wk-test";

    record Request(String method, String path, String userAgent, String body) {}

    private final HttpServer server;
    private final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final JsonMapper mapper = new JsonMapper();
    private final List<JsonNode> batches = new ArrayList<>();
    private final List<Request> visits = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private int everyOtherBatchIs = 200;

    TestProduct() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setExecutor(workers);
        server.createContext("/v1/batch", this::intake);
        server.createContext("/", this::link);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on every other batch gets this status; 0 hangs up after taking the batch. */
    void everyOtherBatchIs(int status) {
        everyOtherBatchIs = status;
    }

    /** The batches that were read whole, answered well or not. */
    synchronized List<JsonNode> batches() {
        return List.copyOf(batches);
    }

    /** The events of all batches, in the order of their message ids. */
    List<JsonNode> events() {
        List<JsonNode> events = new ArrayList<>();
        for (JsonNode batch : batches()) batch.get("batch").forEach(events::add);
        events.sort((a, b) ->
                a.get("messageId").asString().compareTo(b.get("messageId").asString()));
        return events;
    }

    synchronized List<Request> visits() {
        return List.copyOf(visits);
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }

    private void intake(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String expected = "Basic " + Base64.getEncoder().encodeToString((WRITE_KEY + ":").getBytes(UTF_8));
        if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, "{\"code\":\"unknown_write_key\"}");
            return;
        }
        if (body.length > 500_000) {
            answer(exchange, 413, "{}");
            return;
        }
        boolean odd = calls.incrementAndGet() % 2 == 1;
        if (odd && everyOtherBatchIs > 400) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            answer(exchange, everyOtherBatchIs, "{}");
            return;
        }
        JsonNode batch = mapper.readTree(body);
        synchronized (this) {
            batches.add(batch);
        }
        if (odd && everyOtherBatchIs == 0) exchange.close();
        else answer(exchange, 200, "{\"success\":true}");
    }

    private void link(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String path = exchange.getRequestURI().getPath();
        synchronized (this) {
            visits.add(new Request(
                    exchange.getRequestMethod(),
                    path,
                    exchange.getRequestHeaders().getFirst("User-Agent"),
                    body));
        }
        if (path.startsWith("/t/c/")) {
            exchange.getResponseHeaders().set("Location", "https://shop.example/sale");
            answer(exchange, 302, "");
        } else if (path.startsWith("/u/") && exchange.getRequestMethod().equals("GET")) {
            answer(
                    exchange,
                    200,
                    "<html><form method=post action='%s'><input type=hidden name=sure value='yes &amp; no'><button>Go</button></form>"
                            .formatted(path));
        } else answer(exchange, path.startsWith("/missing") ? 404 : 200, "ok");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
