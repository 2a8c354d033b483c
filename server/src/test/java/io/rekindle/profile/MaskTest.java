package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifiers;
import io.rekindle.testing.RekindleTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What stands for a person is made unrecognisable whatever it is used as. */
@RekindleTest
class MaskTest {
    private final Identifiers identifiers;

    MaskTest(@Autowired Identifiers identifiers) {
        this.identifiers = identifiers;
    }

    @ParameterizedTest
    @CsvSource({
        "13812345678, ***5678",
        "+49 170 1234567, ***4567",
        "0049 170 1234567, ***4567",
        "8613812345678, ***5678",
        "01701234567, ***4567",
        "(212) 555-0147, ***0147",
        "ann@example.com, a***@e…",
        // GB 11643's own example, and the same with another last digit, which is none.
        "11010519491231002X, ***",
        "110105491231002, ***",
        "078-05-1120, ***",
        "110105194912310021, 110105194912310021",
        "C-104711, C-104711",
        "4711, 4711",
        "2026-03-01, 2026-03-01",
        "550e8400-e29b-41d4-a716-446655440000, 550e8400-e29b-41d4-a716-446655440000",
        "20260301004711, 20260301004711"
    })
    void aUserIdIsMaskedAsWhatItIs(String value, String masked) {
        assertThat(Mask.of(PersonalFields.USER_ID, value, identifiers)).isEqualTo(masked);
    }
}
