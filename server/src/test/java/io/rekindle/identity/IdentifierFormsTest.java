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
    void aMailboxIsReadAsItsProviderReadsIt() {
        var ann = of(Identifier.Type.EMAIL, "annlee@gmail.com");
        for (var spelling : java.util.List.of("Ann.Lee@gmail.com", "a.n.n.lee+shop@googlemail.com"))
            assertThat(of(Identifier.Type.EMAIL, spelling)).as(spelling).isEqualTo(ann);
        assertThat(of(Identifier.Type.EMAIL, "ann+news@outlook.com"))
                .isEqualTo(of(Identifier.Type.EMAIL, "ann@outlook.com"));
        for (var other : java.util.List.of("ann.lee@outlook.com", "ann.lee@shop.example", "ann+lee@shop.example"))
            assertThat(of(Identifier.Type.EMAIL, other))
                    .as(other)
                    .isNotEqualTo(of(Identifier.Type.EMAIL, other.replaceAll("[.+]lee", "lee")));
        assertThat(of(Identifier.Type.MEMBERSHIP_CARD, "ab 12-34"))
                .isEqualTo(of(Identifier.Type.MEMBERSHIP_CARD, "AB1234"));
        assertThat(of(Identifier.Type.WECHAT_OPENID, "oA"))
                .isNotEqualTo(of(Identifier.Type.WECHAT_OPENID, "oa"))
                .isNotEqualTo(of(Identifier.Type.WECHAT_UNIONID, "oA"));
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
