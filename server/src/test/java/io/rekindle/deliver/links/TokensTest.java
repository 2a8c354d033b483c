package io.rekindle.deliver.links;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.Vault;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TokensTest {
    private final Tokens tokens = new Tokens(new Vault(new byte[32]));

    @Test
    void aTokenSaysWhatWasPutIn() {
        assertThat(tokens.readClick(tokens.click(-5, 9))).contains(new Tokens.Click(-5, 9));
        assertThat(tokens.readOpen(tokens.open(Long.MIN_VALUE))).contains(Long.MIN_VALUE);
        assertThat(tokens.readUnsubscribe(tokens.unsubscribe(7))).contains(7L);
    }

    @Test
    void aTokenOfOneKindIsWorthNothingAsAnother() {
        assertThat(tokens.readUnsubscribe(tokens.open(7))).isEmpty();
        assertThat(tokens.readOpen(tokens.unsubscribe(7))).isEmpty();
        assertThat(tokens.readOpen(tokens.click(7, 1))).isEmpty();
    }

    @Test
    void noBitOfATokenCanBeChanged() {
        var bytes = Base64.getUrlDecoder().decode(tokens.click(123, 4));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            var changed = Arrays.copyOf(bytes, bytes.length);
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(tokens.readClick(Base64.getUrlEncoder().withoutPadding().encodeToString(changed)))
                    .as("bit %d", bit)
                    .isEmpty();
        }
    }

    @Test
    void aTokenSignedWithAnotherKeyIsRefused() {
        var other = new byte[32];
        other[0] = 1;
        assertThat(tokens.readOpen(new Tokens(new Vault(other)).open(7))).isEmpty();
    }

    @Test
    void rubbishIsRefused() {
        for (var token : new String[] {"", "A", "%%%", "a".repeat(10_000), "🙂"})
            assertThat(tokens.readClick(token)).as(token).isEmpty();
    }
}
