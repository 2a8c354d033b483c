package io.rekindle.bench.intake;

import io.rekindle.app.server.RunningServer;
import io.rekindle.bench.Client;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.profile.Profiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Asks, again and again, how long it takes from the answer to an event until the customer's profile says what it said. */
final class Probes {
    private static final String USER = "probe";
    private static final String TRAIT = "probed";
    private static final long PAUSE_MILLIS = 5;

    private final Profiles profiles;
    private final Identifier user;
    private final int port;
    private final String writeKey;

    Probes(RunningServer server, String writeKey) {
        this.profiles = server.part(Profiles.class);
        this.user =
                server.part(Identifiers.class).of(Identifier.Type.USER_ID, USER).orElseThrow();
        this.port = URI.create(server.url()).getPort();
        this.writeKey = writeKey;
    }

    /** Nanoseconds of each, sorted. */
    long[] run(long nanos) {
        var waits = LongStream.builder();
        long start = System.nanoTime();
        try (var client = new Client(port)) {
            for (long value = 1; System.nanoTime() - start < nanos; value++) {
                if (client.send(Calls.identify(writeKey, USER, TRAIT, value)) != 200)
                    throw new IllegalStateException("the probe was refused");
                long answered = System.nanoTime();
                while (known() < value) TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                waits.add(System.nanoTime() - answered);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a profile", e);
        }
        return waits.build().sorted().toArray();
    }

    private long known() {
        var traits = profiles.traits(List.of(user.id())).get(user.id());
        var value = traits == null ? null : traits.get(TRAIT);
        return value == null ? 0 : value.longValue();
    }
}
