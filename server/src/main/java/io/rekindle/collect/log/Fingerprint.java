package io.rekindle.collect.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * 128 bits that stand for one message id of one source. SipHash-2-4 with 128 bits of output (Aumasson and Bernstein,
 * 2012) under a key only this installation has: nobody outside can find two ids that collide, and by chance two of 20 million
 * do with probability 10⁻²⁴.
 */
public record Fingerprint(long high, long low) {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The key of one process. */
    public record Key(long first, long second) {
        @Override
        public String toString() {
            return "Key[secret]";
        }
    }

    /** Of a message id of one source. */
    public static Fingerprint of(Key key, int sourceId, String messageId) {
        var text = messageId.getBytes(StandardCharsets.UTF_8);
        return of(new Key(key.first ^ sourceId, key.second), text);
    }

    static Fingerprint of(Key key, byte[] message) {
        long v0 = key.first ^ 0x736f6d6570736575L;
        long v1 = key.second ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = key.first ^ 0x6c7967656e657261L;
        long v3 = key.second ^ 0x7465646279746573L;
        int whole = message.length & ~7;
        long tail = (long) message.length << 56;
        for (int i = message.length - 1; i >= whole; i--) tail |= (message[i] & 0xffL) << (8 * (i - whole));
        for (int i = 0; i <= whole; i += 8) {
            long word = i < whole ? (long) LONGS.get(message, i) : tail;
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        v2 ^= 0xee;
        long high = 0;
        for (int half = 0; half < 2; half++) {
            if (half == 1) v1 ^= 0xdd;
            for (int round = 0; round < 4; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            if (half == 0) high = v0 ^ v1 ^ v2 ^ v3;
        }
        return new Fingerprint(high, v0 ^ v1 ^ v2 ^ v3);
    }
}
