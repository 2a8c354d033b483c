package io.rekindle.platform;

import java.util.HexFormat;
import java.util.SplittableRandom;

/** Hands out seeds and salts. One seed set at start makes all of them reproducible. */
public final class Seeds {
    private final SplittableRandom random;

    public Seeds(long seed) {
        random = new SplittableRandom(seed);
    }

    public synchronized long seed() {
        return random.nextLong();
    }

    /** A salt of 16 hexadecimal digits for the assignment of arms. */
    public String salt() {
        return HexFormat.of().toHexDigits(seed());
    }
}
