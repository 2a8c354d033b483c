package io.rekindle.decide;

import io.rekindle.common.CustomerId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Draws the arm of a customer so that anybody can draw it again.
 *
 * <p>Each run has a salt of 16 hexadecimal digits, written into every row of its ledger. A customer's number u in [0, 1)
 * is made of the salt, a colon and the customer id in decimal, as ASCII: u is the first 13 hexadecimal digits (52 bits)
 * of their SHA-256, read as a whole number, divided by 16<sup>13</sup>. Who has u below the hold-out share is held out,
 * everybody else is treated. In a shell:
 *
 * <pre>printf '%s' '00ff00ff00ff00ff:-42' | sha256sum | cut -c1-13</pre>
 *
 * and in the warehouse:
 *
 * <pre>cast('0x' || substr(sha256(salt || ':' || customer_id), 1, 13) as bigint) / 4503599627370496.0 &lt; probability</pre>
 *
 * <p>So the arm depends on nothing but salt and id: not on the order of the audience, the day, or who else is in it. With
 * another salt the same customers are drawn anew, independently of the time before, so nobody is held out for ever. 52
 * bits are exact in a double, here and in every tool that reads the warehouse.
 */
public final class Assignment {
    private static final double RANGE = 0x1p52;

    private final String salt;
    private final double holdoutShare;
    private final MessageDigest sha256 = sha256();

    /** Draws for one run; not for use by several threads. */
    public Assignment(String salt, double holdoutShare) {
        if (!(holdoutShare >= 0 && holdoutShare <= 1))
            throw new IllegalArgumentException("hold-out share %s is outside 0..1".formatted(holdoutShare));
        this.salt = salt;
        this.holdoutShare = holdoutShare;
    }

    /** The customer's number u: uniform in [0, 1). */
    public double number(CustomerId customer) {
        return (first64Bits(salt + ":" + customer) >>> 12) / RANGE;
    }

    public Arm arm(CustomerId customer) {
        return number(customer) < holdoutShare ? Arm.HOLDOUT : Arm.TREATMENT;
    }

    /** The probability with which a customer is drawn for an arm. */
    public double probability(Arm arm) {
        return switch (arm) {
            case HOLDOUT -> holdoutShare;
            case TREATMENT -> 1 - holdoutShare;
        };
    }

    /** The id of the decision a run makes on a customer. */
    static long decisionId(MessageDigest sha256, long runId, long customer) {
        return first64Bits(sha256, "decision:" + runId + ":" + customer);
    }

    /** The id of the message that carries out a decision. */
    public static long messageId(long decisionId) {
        return messageId(sha256(), decisionId);
    }

    static long messageId(MessageDigest sha256, long decisionId) {
        return first64Bits(sha256, "message:" + decisionId);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    private long first64Bits(String text) {
        return first64Bits(sha256, text);
    }

    private static long first64Bits(MessageDigest sha256, String text) {
        var hash = sha256.digest(text.getBytes(StandardCharsets.US_ASCII));
        long bits = 0;
        for (int i = 0; i < Long.BYTES; i++) bits = bits << 8 | (hash[i] & 0xffL);
        return bits;
    }
}
