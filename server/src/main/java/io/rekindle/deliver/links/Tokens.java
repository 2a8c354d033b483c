package io.rekindle.deliver.links;

import io.rekindle.platform.Vault;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Signed tokens of the public addresses. A token of one kind is worth nothing as another. */
@Component
public class Tokens {
    private static final int SIGNATURE = 16;
    /** The part before the @ has 64 letters at most (RFC 5321, 4.5.3.1.1). */
    private static final int SIGNATURE_IN_ADDRESS = 12;

    private final Vault vault;

    public Tokens(Vault vault) {
        this.vault = vault;
    }

    /** One link of one message. */
    public record Click(long messageId, long linkId) {}

    public String click(long messageId, long linkId) {
        return token(
                "link",
                ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(messageId)
                        .putLong(linkId)
                        .array());
    }

    public String open(long messageId) {
        return token("pixel", message(messageId));
    }

    public String unsubscribe(long messageId) {
        return token("unsubscribe", message(messageId));
    }

    /** In small letters and digits: mail addresses lose their case on the way. */
    public String returned(long messageId) {
        var content = message(messageId);
        return HexFormat.of().formatHex(content)
                + HexFormat.of().formatHex(vault.sign("return", content), 0, SIGNATURE_IN_ADDRESS);
    }

    public Optional<Long> readReturned(String token) {
        if (token.length() != 2 * (Long.BYTES + SIGNATURE_IN_ADDRESS)) return Optional.empty();
        try {
            var all = HexFormat.of().parseHex(token);
            var content = Arrays.copyOf(all, Long.BYTES);
            var signature = Arrays.copyOfRange(all, Long.BYTES, all.length);
            return MessageDigest.isEqual(signature, Arrays.copyOf(vault.sign("return", content), SIGNATURE_IN_ADDRESS))
                    ? Optional.of(ByteBuffer.wrap(content).getLong())
                    : Optional.empty();
        } catch (IllegalArgumentException noHex) {
            return Optional.empty();
        }
    }

    public Optional<Click> readClick(String token) {
        return read("link", token, 2 * Long.BYTES).map(bytes -> new Click(bytes.getLong(), bytes.getLong()));
    }

    public Optional<Long> readOpen(String token) {
        return read("pixel", token, Long.BYTES).map(ByteBuffer::getLong);
    }

    public Optional<Long> readUnsubscribe(String token) {
        return read("unsubscribe", token, Long.BYTES).map(ByteBuffer::getLong);
    }

    private static byte[] message(long messageId) {
        return ByteBuffer.allocate(Long.BYTES).putLong(messageId).array();
    }

    private String token(String kind, byte[] content) {
        var all = Arrays.copyOf(content, content.length + SIGNATURE);
        System.arraycopy(vault.sign(kind, content), 0, all, content.length, SIGNATURE);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    private Optional<ByteBuffer> read(String kind, String token, int length) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (all.length != length + SIGNATURE) return Optional.empty();
        var content = Arrays.copyOf(all, length);
        var signature = Arrays.copyOfRange(all, length, all.length);
        return MessageDigest.isEqual(signature, vault.sign(kind, content))
                ? Optional.of(ByteBuffer.wrap(content))
                : Optional.empty();
    }
}
