package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

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

    @Test
    void theLatestIdsAreKnownAndMemoryIsBounded() {
        var seen = new SeenMessages(10_000);
        int many = 100_000;
        for (int i = 0; i < many; i++) {
            assertThat(seen.contains(id(i))).as("id %d before it came", i).isFalse();
            seen.add(id(i));
        }
        for (int i = many - 10_000; i < many; i++)
            assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
        long known = java.util.stream.IntStream.range(0, many)
                .filter(i -> seen.contains(id(i)))
                .count();
        assertThat(known).isBetween(10_000L, 60_000L);
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
