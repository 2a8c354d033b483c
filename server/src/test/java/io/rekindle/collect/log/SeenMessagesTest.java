package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenMessagesTest {
    /** The key 00 01 … 0f of the reference implementation's test vectors. */
    private static final Fingerprint.Key KEY = new Fingerprint.Key(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void theFingerprintOfNothingIsThatOfTheReferenceImplementation() {
        assertThat(hex(Fingerprint.of(KEY, new byte[0]))).isEqualTo("a3817f04ba25a8e66df67214c7550293");
    }

    @Test
    void theFingerprintOfOneZeroByteIsThatOfTheReferenceImplementation() {
        assertThat(hex(Fingerprint.of(KEY, new byte[1]))).isEqualTo("da87c1d86b99af44347659119b22fc45");
    }

    /** Ten ids a second, a thousand in memory, a window of a thousand seconds: ten generations on disk. */
    @Test
    void everyIdOfTheWindowIsKnownAndMemoryAndDiskAreBounded(@TempDir Path folder) throws Exception {
        var window = Duration.ofSeconds(1_000);
        int many = 60_000;
        try (var seen = new SeenMessages(1_000, 1_000_000, window, folder)) {
            for (int i = 0; i < many; i++) {
                assertThat(seen.contains(id(i))).as("id %d before it came", i).isFalse();
                seen.add(id(i), at(i));
            }
            for (int i = many - 10_000; i < many; i++)
                assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
            assertThat(seen.since()).isBefore(at(many - 10_000)).isAfter(at(many - 13_000));
            assertThat(seen.contains(id(10))).as("long past the window").isFalse();
            assertThat(files(folder)).isBetween(9L, 13L);
        }
        assertThat(files(folder)).isZero();
    }

    @Test
    void whereTheDiskMayNotHoldTheWindowTheTimeThatIsKnownIsTold(@TempDir Path folder) {
        try (var seen = new SeenMessages(1_000, 3_000, Duration.ofDays(1), folder)) {
            for (int i = 0; i < 20_000; i++) seen.add(id(i), at(i));
            for (int i = 19_999; i > 16_999; i--)
                assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
            assertThat(seen.since()).isAfter(at(14_000)).isBefore(at(17_000));
            for (int i = 0; i < 20_000; i++)
                if (at(i).isAfter(seen.since()))
                    assertThat(seen.contains(id(i)))
                            .as("id %d, since %s", i, seen.since())
                            .isTrue();
        }
    }

    @Test
    void asManyAsMemoryHoldsAreKnownHoweverOldTheyAre(@TempDir Path folder) {
        try (var seen = new SeenMessages(1_000, 0, Duration.ofMinutes(1), folder)) {
            for (int i = 0; i < 2_500; i++) seen.add(id(i), at(1_000L * i));
            for (int i = 1_500; i < 2_500; i++)
                assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
        }
    }

    private static Instant at(long i) {
        return Instant.parse("2026-03-01T09:00:00Z").plusMillis(100 * i);
    }

    private static long files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void anIdOfAnotherSourceIsAnotherId() {
        assertThat(Fingerprint.of(KEY, 1, "m")).isNotEqualTo(Fingerprint.of(KEY, 2, "m"));
    }

    private static Fingerprint id(int i) {
        return Fingerprint.of(KEY, 1, "message-" + i);
    }

    private static String hex(Fingerprint f) {
        return HexFormat.of()
                .formatHex(ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(f.high())
                        .putLong(f.low())
                        .array());
    }
}
