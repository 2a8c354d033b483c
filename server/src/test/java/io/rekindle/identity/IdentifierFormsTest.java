package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.platform.Vault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierFormsTest {
    private final Vault vault = new Vault(new byte[32]);

    @Test
    void spellingsOfOneAddressAreOneIdentifier() {
        assertThat(Identifier.of(vault, Identifier.Type.EMAIL, " Ann@Example.COM "))
                .hasValue(of(Identifier.Type.EMAIL, "ann@example.com"));
        assertThat(Identifier.of(vault, Identifier.Type.PHONE, "+49 (0)30 901820"))
                .hasValue(of(Identifier.Type.PHONE, "004930901820"));
        assertThat(Identifier.of(vault, Identifier.Type.PHONE, "030-90 18 20"))
                .hasValue(of(Identifier.Type.PHONE, "030901820"));
    }

    @Test
    void theSameTextOfAnotherTypeIsAnotherIdentifier() {
        assertThat(of(Identifier.Type.USER_ID, "17x")).isNotEqualTo(of(Identifier.Type.ANONYMOUS_ID, "17x"));
        assertThat(of(Identifier.Type.USER_ID, "a")).isNotEqualTo(of(Identifier.Type.USER_ID, "A"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "0", "00000000-0000-0000-0000-000000000000", "-1", "NULL", "undefined", "anonymous"})
    void valuesThatStandForNobodyAreNoIdentifiers(String value) {
        for (var type : Identifier.Type.values())
            assertThat(Identifier.of(vault, type, value)).isEmpty();
    }

    private Identifier of(Identifier.Type type, String value) {
        return Identifier.of(vault, type, value).orElseThrow();
    }
}
