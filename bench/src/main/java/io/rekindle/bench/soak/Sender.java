package io.rekindle.bench.soak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** One client: sends its batches in their order, each until it is acknowledged. */
final class Sender implements Callable<Void> {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 50;

    private final Crowd crowd;
    private final int client;
    private final URI place;
    private volatile long batches;
    private volatile boolean stopping;

    Sender(Crowd crowd, int client, int port) {
        this.crowd = crowd;
        this.client = client;
        this.place = URI.create("http://127.0.0.1:%d/v1/batch".formatted(port));
    }

    int client() {
        return client;
    }

    /** How many are acknowledged: those from 0 on. */
    long batches() {
        return batches;
    }

    /** After the batch it is at, so that it is known what must be there. */
    void stop() {
        stopping = true;
    }

    @Override
    public Void call() throws InterruptedException {
        try (var http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build()) {
            for (long number = 0; !stopping; number++) {
                var request = HttpRequest.newBuilder(place)
                        .header("X-Write-Key", Victim.WRITE_KEY)
                        .timeout(PATIENCE)
                        .POST(HttpRequest.BodyPublishers.ofString(Crowd.body(crowd.batch(client, number))))
                        .build();
                while (!isAcknowledged(http, request)) TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                batches = number + 1;
            }
        }
        return null;
    }

    private static boolean isAcknowledged(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status >= 400 && status < 500 && status != 429)
                throw new IllegalStateException("a batch was refused with " + status);
            return status == 200;
        } catch (IOException away) {
            return false;
        }
    }
}
