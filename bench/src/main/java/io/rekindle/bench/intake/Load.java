package io.rekindle.bench.intake;

import io.rekindle.bench.Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Clients that send one call after the other, each when the one before is answered. */
final class Load {
    /** As fast as answers come. */
    static final double UNPACED = Double.POSITIVE_INFINITY;

    private Load() {}

    /**
     * What was seen.
     *
     * @param acknowledged events answered with 200
     * @param waits how long each such answer took, sorted, in nanoseconds
     * @param refused calls answered otherwise
     */
    @SuppressWarnings("ArrayRecordComponent") // held by one caller, never compared
    record Seen(long acknowledged, long nanos, long[] waits, long refused) {
        double eventsPerSecond() {
            return acknowledged * 1e9 / nanos;
        }

        double millis(double quantile) {
            return waits.length == 0 ? 0 : waits[(int) Math.min(waits.length - 1, quantile * waits.length)] / 1e6;
        }
    }

    /** Runs for so long, or until {@code until} is done where that takes longer. */
    static Seen run(List<Calls> clients, int port, long nanos, Until until) throws InterruptedException, IOException {
        return run(clients, port, nanos, UNPACED, until);
    }

    /** @param callsPerSecond of all clients together, at even distances; one that is late sends at once */
    static Seen run(List<Calls> clients, int port, long nanos, double callsPerSecond, Until until)
            throws InterruptedException, IOException {
        long start = System.nanoTime();
        var tasks = new ArrayList<Callable<One>>();
        for (int i = 0; i < clients.size(); i++) {
            var calls = clients.get(i);
            var pace = new Pace(start + (long) (i * 1e9 / callsPerSecond), clients.size() * 1e9 / callsPerSecond);
            tasks.add(() -> one(calls, port, start, nanos, pace, until));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var seen = new ArrayList<One>();
            for (var future : threads.invokeAll(tasks)) seen.add(future.get());
            long took = System.nanoTime() - start;
            var waits = seen.stream()
                    .flatMapToLong(o -> o.waits().stream().mapToLong(Long::longValue))
                    .toArray();
            Arrays.sort(waits);
            return new Seen(
                    (long) waits.length * clients.getFirst().batch(),
                    took,
                    waits,
                    seen.stream().mapToLong(One::refused).sum());
        } catch (ExecutionException e) {
            throw new IOException("a client failed: " + e.getCause(), e);
        }
    }

    /** Whether what runs beside is done. */
    interface Until {
        boolean done();
    }

    private record One(List<Long> waits, long refused) {}

    /** When a client's calls are due, by the system's clock. */
    private record Pace(long first, double distance) {
        void await(long call) throws InterruptedException {
            long left = first + (long) (call * distance) - System.nanoTime();
            if (left > 0) TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    private static One one(Calls calls, int port, long start, long nanos, Pace pace, Until until)
            throws IOException, InterruptedException {
        var waits = new ArrayList<Long>();
        long refused = 0;
        try (var client = new Client(port)) {
            while (System.nanoTime() - start < nanos || !until.done()) {
                var call = calls.next();
                pace.await(waits.size() + refused);
                long sent = System.nanoTime();
                int status = client.send(call);
                if (status == 200) {
                    waits.add(System.nanoTime() - sent);
                } else {
                    refused++;
                    Thread.sleep(100);
                }
            }
        }
        return new One(waits, refused);
    }
}
