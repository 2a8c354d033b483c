package io.rekindle.collect.intake;

import io.github.bucket4j.Bucket;
import io.rekindle.collect.Sources.Source;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/** How fast sources send: a bucket of tokens for each that has a limit, one token an item. */
final class Rates {
    private record Limited(int perSecond, Bucket bucket) {}

    private final ConcurrentHashMap<Integer, Limited> buckets = new ConcurrentHashMap<>();

    /** 0 when so many items may come now, and they are counted; else after how many seconds they might. */
    long secondsToWait(Source source, int items) {
        var perSecond = source.rules().eventsPerSecond();
        if (perSecond == null || items == 0) return 0;
        var limited = buckets.compute(
                source.id(),
                (id, known) -> known != null && known.perSecond() == perSecond
                        ? known
                        : new Limited(perSecond, bucket(perSecond)));
        var probe = limited.bucket().tryConsumeAndReturnRemaining(items);
        if (probe.isConsumed()) return 0;
        return Math.max(
                1,
                Duration.ofNanos(probe.getNanosToWaitForRefill() + 999_999_999).toSeconds());
    }

    private static Bucket bucket(int perSecond) {
        return Bucket.builder()
                // Whatever the rate, a whole batch must be able to pass.
                .addLimit(limit -> limit.capacity(Math.max(perSecond, BatchReader.MOST_ITEMS))
                        .refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
    }
}
