package io.rekindle.platform;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** AES-256-GCM with a random nonce of 96 bits before the sealed text, and what it is sealed for as additional data. */
final class AesGcm {
    static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();
    /**
     * Looking a cipher up among the providers takes as long as sealing a short field. Requests have threads of their
     * own, so these are lent, not kept by a thread; one whose work failed is not used again.
     */
    private static final ArrayBlockingQueue<Cipher> IDLE_CIPHERS = new ArrayBlockingQueue<>(64);

    private AesGcm() {}

    static byte[] seal(SecretKeySpec key, String context, byte[] plain) {
        return seal(key, context, plain, new byte[0]);
    }

    /** @param before goes before the nonce, in clear */
    static byte[] seal(SecretKeySpec key, String context, byte[] plain, byte[] before) {
        try {
            var nonce = new byte[NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            var cipher = cipher();
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            int start = before.length + NONCE_BYTES;
            var sealed = Arrays.copyOf(before, start + cipher.getOutputSize(plain.length));
            System.arraycopy(nonce, 0, sealed, before.length, NONCE_BYTES);
            cipher.doFinal(plain, 0, plain.length, sealed, start);
            IDLE_CIPHERS.offer(cipher);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing from this Java runtime", e);
        }
    }

    /** What was sealed; null when this key or this context did not seal it. */
    static byte @Nullable [] open(SecretKeySpec key, String context, byte[] sealed) {
        return open(key, context, sealed, 0);
    }

    static byte @Nullable [] open(SecretKeySpec key, String context, byte[] sealed, int from) {
        if (sealed.length < from + NONCE_BYTES) return null;
        try {
            var cipher = cipher();
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, from, NONCE_BYTES));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            int start = from + NONCE_BYTES;
            var plain = cipher.doFinal(sealed, start, sealed.length - start);
            IDLE_CIPHERS.offer(cipher);
            return plain;
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static Cipher cipher() throws GeneralSecurityException {
        var idle = IDLE_CIPHERS.poll();
        return idle != null ? idle : Cipher.getInstance("AES/GCM/NoPadding");
    }
}
