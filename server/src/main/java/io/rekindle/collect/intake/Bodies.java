package io.rekindle.collect.intake;

import io.rekindle.collect.IntakeSettings;
import io.rekindle.platform.SystemClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bodies of the calls at hand. Anybody may begin to send one, with a key or without: so all together they have a
 * bounded share of memory, counted as it is filled and given back when a call was answered, and none may take for ever.
 */
final class Bodies {
    private static final int FIRST = 16 << 10;
    private static final int RETRY_AFTER_SECONDS = 2;

    private final AtomicLong left;
    private final Duration slowest;
    private final SystemClock clock;

    Bodies(IntakeSettings settings, SystemClock clock) {
        this.left = new AtomicLong(settings.bodiesInMemory().toBytes());
        this.slowest = settings.slowestBody();
        this.clock = clock;
    }

    /** A call's share. */
    Share share() {
        return new Share();
    }

    /** What one call holds; closed when it was answered. */
    final class Share implements AutoCloseable {
        private final Instant begun = clock.instant();
        private long held;

        private Share() {}

        /**
         * Reads to the end, but not more than {@code most} bytes.
         *
         * @param told how many there will be, as far as somebody said so; negative when not
         * @throws IntakeFailure {@code too_busy} where there is no room for more, {@code body_too_slow}
         */
        byte[] read(InputStream in, long told, int most) throws IOException {
            long expected = told < 0 ? Integer.MAX_VALUE : told;
            var bytes = new byte[take(Math.min(FIRST, Math.min(expected, most)))];
            int size = 0;
            while (size < most) {
                if (size == bytes.length) {
                    // Where as many came as were told, this is the end.
                    long larger = size < expected ? Math.min(2L * size, expected) : size + FIRST;
                    int more = take(Math.min(larger, most) - size);
                    bytes = Arrays.copyOf(bytes, size + more);
                }
                int read = read(in, bytes, size);
                if (read < 0) break;
                size += read;
                if (size == expected) break;
                requireInTime();
            }
            return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        }

        private int read(InputStream in, byte[] bytes, int from) throws IOException {
            try {
                return in.read(bytes, from, bytes.length - from);
            } catch (IOException e) {
                if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException)
                    throw tooSlow();
                throw e;
            }
        }

        private int take(long bytes) {
            if (left.addAndGet(-bytes) < 0) {
                left.addAndGet(bytes);
                throw new IntakeFailure(
                        429,
                        "too_busy",
                        "",
                        "more is coming in at once than there is memory for; send this again later",
                        RETRY_AFTER_SECONDS);
            }
            held += bytes;
            return Math.toIntExact(bytes);
        }

        private void requireInTime() {
            if (Duration.between(begun, clock.instant()).compareTo(slowest) > 0) throw tooSlow();
        }

        private static IntakeFailure tooSlow() {
            return new IntakeFailure(
                    408, "body_too_slow", "", "the rest of the body did not come in time; send it again");
        }

        @Override
        public void close() {
            left.addAndGet(held);
            held = 0;
        }
    }
}
