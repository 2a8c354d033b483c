package io.rekindle.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.app.server.RunningServer;
import io.rekindle.collect.Tails;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Brings a server's history in through its intake, as a company would, before something is measured of it. */
public final class Intake {
    private static final int A_CALL = 100;
    private static final int AT_ONCE = 8;

    private final RunningServer server;
    private final int port;
    private final String key;

    /** @param writeKey of the source the events come from */
    public Intake(RunningServer server, String writeKey) {
        this.server = server;
        this.port = URI.create(server.url()).getPort();
        this.key = "Basic " + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(UTF_8));
    }

    /**
     * Sends the items of numbers 0 to {@code count}, a hundred a call and eight calls at once, and returns when every reader
     * of the log has taken them up.
     *
     * @param item a number's item, in JSON
     */
    public void bring(int count, IntFunction<String> item) throws InterruptedException {
        var places = new Semaphore(AT_ONCE);
        var failed = new AtomicReference<@Nullable RuntimeException>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int from = 0; from < count && failed.get() == null; from += A_CALL) {
                int start = from;
                places.acquire();
                threads.execute(() -> {
                    try {
                        var items = new ArrayList<String>(A_CALL);
                        for (int i = start; i < Math.min(count, start + A_CALL); i++) items.add(item.apply(i));
                        send(items);
                    } catch (RuntimeException refused) {
                        failed.compareAndSet(null, refused);
                    } finally {
                        places.release();
                    }
                });
            }
        }
        var first = failed.get();
        if (first != null) throw first;
        var tails = server.part(Tails.class);
        while (tails.worstLag() > 0) TimeUnit.MILLISECONDS.sleep(200);
    }

    /** Sends one call; again for as long as intake asks to wait because the tails are behind. */
    private void send(List<String> items) {
        var body = "{\"batch\":[%s]}".formatted(String.join(",", items)).getBytes(UTF_8);
        var head =
                "POST /v1/batch HTTP/1.1\r\nHost: b\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(key, body.length)
                        .getBytes(UTF_8);
        var call = new byte[head.length + body.length];
        System.arraycopy(head, 0, call, 0, head.length);
        System.arraycopy(body, 0, call, head.length, body.length);
        try (var client = new Client(port)) {
            while (true) {
                var answer = client.ask(call);
                if (answer.status() == 200) return;
                if (answer.status() != 429)
                    throw new IllegalStateException("intake answered %d: %s".formatted(answer.status(), answer.body()));
                TimeUnit.SECONDS.sleep(1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
