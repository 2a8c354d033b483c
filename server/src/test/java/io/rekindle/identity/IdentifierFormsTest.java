package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.testing.RekindleTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@RekindleTest
class IdentifierFormsTest {
    private final Identifiers identifiers;

    IdentifierFormsTest(@Autowired Identifiers identifiers) {
        this.identifiers = identifiers;
    }

    @Test
    void spellingsOfOneAddressAreOneIdentifier() {
        assertThat(of(Identifier.Type.EMAIL, " Ann@Example.COM "))
                .isEqualTo(of(Identifier.Type.EMAIL, "ann@example.com"));
        assertThat(of(Identifier.Type.PHONE, "+49 (0)30 901820")).isEqualTo(of(Identifier.Type.PHONE, "+4930901820"));
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
            assertThat(identifiers.of(type, value)).isEmpty();
    }

    private Identifier of(Identifier.Type type, String value) {
        return identifiers.of(type, value).orElseThrow();
    }
}
