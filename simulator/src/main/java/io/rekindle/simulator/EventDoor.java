package io.rekindle.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The product's intake as a shop sees it: {@code POST /v1/batch} with a write key. Events go in batches, a few requests
 * at a time. A batch that was told to wait (429), met a fault of the server (5xx) or lost its connection is sent again
 * unchanged, until the door's patience ends; any other refusal is an error at once.
 */
public final class EventDoor implements AutoCloseable {
    private static final int MOST_EVENTS = 500;
    private static final int MOST_BYTES = 400_000;
    private static final int IN_FLIGHT = 4;

    private final URI batch;
    private final String authorization;
    private final Duration patience;
    private final HttpClient client = Loopback.client();
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();

    /** A door that is patient for two minutes a batch. */
    public EventDoor(URI server, String writeKey) {
        this(server, writeKey, Duration.ofMinutes(2));
    }

    /**
     * @param server where the product listens, on this machine, such as {@code http://127.0.0.1:8080}
     * @param writeKey the source's write key, sent as the user name of Basic authentication
     * @param patience how long a batch is tried, in the system's time
     * @throws IllegalArgumentException when the server is not on this machine
     */
    public EventDoor(URI server, String writeKey, Duration patience) {
        this.batch = Loopback.required(server).resolve("/v1/batch");
        this.authorization = "Basic " + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(UTF_8));
        this.patience = patience;
    }

    /** Ends the connections. */
    @Override
    public void close() {
        senders.close();
        client.close();
    }

    /** Begins a stream of events; closing it waits until all are acknowledged. */
    Stream open() {
        return new Stream();
    }

    /** Events on their way. Not for several threads. */
    final class Stream implements AutoCloseable {
        private final Semaphore free = new Semaphore(IN_FLIGHT);
        private final AtomicReference<@Nullable EventDoorException> failure = new AtomicReference<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream(MOST_BYTES);
        private int waiting;
        private boolean failureTold;

        void add(byte[] event) {
            if (waiting > 0 && body.size() + event.length + 3 > MOST_BYTES) flush();
            body.writeBytes((waiting == 0 ? "{\"batch\":[" : ",").getBytes(UTF_8));
            body.writeBytes(event);
            waiting++;
            if (waiting == MOST_EVENTS) flush();
        }

        @Override
        public void close() {
            if (failure.get() == null) flush();
            free.acquireUninterruptibly(IN_FLIGHT);
            free.release(IN_FLIGHT);
            throwFailure();
        }

        private void flush() {
            throwFailure();
            if (waiting == 0) return;
            body.writeBytes("]}".getBytes(UTF_8));
            byte[] request = body.toByteArray();
            body.reset();
            waiting = 0;
            free.acquireUninterruptibly();
            senders.execute(() -> {
                try {
                    send(request);
                } catch (EventDoorException e) {
                    failure.compareAndSet(null, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    failure.compareAndSet(null, new EventDoorException("interrupted while sending events", e));
                } finally {
                    free.release();
                }
            });
        }

        private void throwFailure() {
            EventDoorException failed = failure.get();
            if (failed == null || failureTold) return;
            failureTold = true;
            throw failed;
        }
    }

    private void send(byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(batch)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .timeout(patience)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = 100;
        while (true) {
            String trouble;
            long wait = pause;
            try {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                int status = answer.statusCode();
                if (status == 200) return;
                trouble = "%s answered %d: %s".formatted(batch, status, start(answer.body()));
                if (status != 429 && status < 500) throw new EventDoorException(trouble, null);
                if (status == 429) wait = retryAfterMillis(answer, pause);
            } catch (IOException e) {
                trouble = "%s cannot be reached: %s".formatted(batch, e);
            }
            if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait) > deadline)
                throw new EventDoorException("gave up after %s: %s".formatted(patience, trouble), null);
            Thread.sleep(wait);
            pause = Math.min(pause * 2, 5_000);
        }
    }

    /** Retry-After in seconds; a date or nothing readable there means our own pause. */
    private static long retryAfterMillis(HttpResponse<?> answer, long otherwise) {
        String value = answer.headers().firstValue("Retry-After").orElse("").strip();
        return value.matches("\\d{1,6}") ? Math.max(1, Long.parseLong(value) * 1_000) : otherwise;
    }

    private static String start(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
