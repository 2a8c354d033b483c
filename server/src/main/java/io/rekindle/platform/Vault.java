package io.rekindle.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps personal data unreadable at rest. From the one master key in the key file it derives a key for look-up hashes
 * (HMAC-SHA-256, truncated to 64 bits) and one that seals (AES-256-GCM). A person's fields are sealed under a key of
 * their own, which is stored wrapped by the master: destroying that row makes the fields unreadable for ever.
 */
public final class Vault {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();
    /**
     * Looking a cipher up among the providers takes as long as sealing a short field. Requests have threads of their
     * own, so these are lent, not kept by a thread; one whose work failed is not used again.
     */
    private static final ArrayBlockingQueue<Cipher> IDLE_CIPHERS = new ArrayBlockingQueue<>(64);

    private final SecretKeySpec sealing;
    private final ThreadLocal<Mac> hashing;
    private final SecretKeySpec signing;

    /** @param master 32 random bytes from the key file */
    public Vault(byte[] master) {
        if (master.length != 32)
            throw new IllegalArgumentException("the master key has %d bytes; it needs 32".formatted(master.length));
        sealing = new SecretKeySpec(derive(master, "rekindle/seal"), "AES");
        signing = new SecretKeySpec(derive(master, "rekindle/sign"), "HmacSHA256");
        var lookup = new SecretKeySpec(derive(master, "rekindle/lookup"), "HmacSHA256");
        hashing = ThreadLocal.withInitial(() -> mac(lookup));
    }

    /** The vault of a key file that must exist; {@link Problem} {@code key_file_invalid} when it is damaged. */
    public static Vault ofKeyFile(java.nio.file.Path file) {
        return new Vault(KeyFile.read(file));
    }

    /** Tells two master keys apart and reveals nothing of either. */
    public String fingerprint() {
        return java.util.HexFormat.of().formatHex(sign("fingerprint", new byte[0]));
    }

    /** The key one person's fields are sealed under, in clear: it lives in memory only. */
    public record PersonKey(SecretKeySpec key) {
        @Override
        public String toString() {
            return "PersonKey[secret]";
        }
    }

    /** A 64-bit look-up value for an identifier or another personal value; the same for the same type and value. */
    public long keyedHash(String type, String value) {
        var mac = hashing.get();
        mac.update(type.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return ByteBuffer.wrap(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    /** A signature over a public token, e.g. a tracking link; {@code purpose} keeps tokens of one kind out of another. */
    public byte[] sign(String purpose, byte[] message) {
        var mac = mac(signing);
        mac.update(purpose.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return Arrays.copyOf(mac.doFinal(message), 16);
    }

    /** Seals under the service's own key; {@code context} must be given again to open. */
    public byte[] seal(String context, byte[] plain) {
        return seal(sealing, context, plain);
    }

    /** Opens what {@link #seal} sealed; a {@link Problem} {@code key_mismatch} when the key file is another one. */
    public byte[] open(String context, byte[] sealed) {
        return open(sealing, context, sealed);
    }

    /** A fresh key for one person. */
    public PersonKey newPersonKey() {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return new PersonKey(new SecretKeySpec(bytes, "AES"));
    }

    /** The person's key as it is stored. */
    public byte[] wrap(PersonKey key) {
        return seal(sealing, "person-key", key.key().getEncoded());
    }

    public PersonKey unwrap(byte[] wrapped) {
        return new PersonKey(new SecretKeySpec(open(sealing, "person-key", wrapped), "AES"));
    }

    /** Seals one field of one person. */
    public byte[] sealField(PersonKey key, String field, String value) {
        return seal(key.key(), field, value.getBytes(StandardCharsets.UTF_8));
    }

    public String openField(PersonKey key, String field, byte[] sealed) {
        return new String(open(key.key(), field, sealed), StandardCharsets.UTF_8);
    }

    private static byte[] seal(SecretKeySpec key, String context, byte[] plain) {
        try {
            var nonce = new byte[NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            var cipher = cipher();
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            var sealed = Arrays.copyOf(nonce, NONCE_BYTES + cipher.getOutputSize(plain.length));
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
            IDLE_CIPHERS.offer(cipher);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing from this Java runtime", e);
        }
    }

    private static byte[] open(SecretKeySpec key, String context, byte[] sealed) {
        try {
            var cipher = cipher();
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            var plain = cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
            IDLE_CIPHERS.offer(cipher);
            return plain;
        } catch (GeneralSecurityException e) {
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "key_mismatch",
                    "a sealed value (%s) does not open: the key file is not the one it was sealed with; restore that key file"
                            .formatted(context),
                    java.util.List.of());
        }
    }

    private static Cipher cipher() throws GeneralSecurityException {
        var idle = IDLE_CIPHERS.poll();
        return idle != null ? idle : Cipher.getInstance("AES/GCM/NoPadding");
    }

    private static byte[] derive(byte[] master, String label) {
        return mac(new SecretKeySpec(master, "HmacSHA256")).doFinal(label.getBytes(StandardCharsets.UTF_8));
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is missing from this Java runtime", e);
        }
    }
}
