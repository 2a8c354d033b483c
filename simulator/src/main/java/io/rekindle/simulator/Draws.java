package io.rekindle.simulator;

import java.util.SplittableRandom;

/**
 * Randomness by question rather than by turn: a draw is a hash of the seed, the customer, what is being decided and
 * when. So no draw depends on what was asked before, or of whom: writing to a customer cannot disturb the dice of
 * whether she would have bought anyway.
 */
record Draws(long seed) {
    /** What is being decided; each has its own stream. */
    enum Purpose {
        NATURE(1),
        PERSON(2),
        BUY(3),
        BROWSE(4),
        LEAVE(5),
        ORDER(6),
        COUPON(7),
        MAIL(8);

        private final long salt;

        Purpose(int number) {
            this.salt = number * 0x9E3779B97F4A7C15L;
        }
    }

    /** A uniform number in [0, 1). */
    double unit(int customer, Purpose purpose, long when) {
        return (hash(customer, purpose, when) >>> 11) * 0x1.0p-53;
    }

    /** A stream of numbers of its own, for decisions that need several. */
    SplittableRandom stream(int customer, Purpose purpose, long when) {
        return new SplittableRandom(hash(customer, purpose, when));
    }

    private long hash(int customer, Purpose purpose, long when) {
        long hash = mix(seed + purpose.salt);
        hash = mix(hash ^ (customer * 0xD1342543DE82EF95L + 0x632BE59BD9B4E019L));
        return mix(hash ^ (when * 0x2545F4914F6CDD1DL + 0x9E6C63D0676A9A99L));
    }

    /** Steele, Lea and Flood's finaliser (variant 13 of Stafford), which passes every bit into every bit. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
