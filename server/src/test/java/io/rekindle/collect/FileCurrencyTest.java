package io.rekindle.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class FileCurrencyTest {
    /** Worked out by hand; the exact product stands beside where it lies half-way. */
    @ParameterizedTest
    @CsvSource({
        "CNY, 7.1,      100,          710.00",
        "CNY, 7.1,      0.05,         0.36", // 0.355
        "CNY, 7.1,      0.15,         1.06", // 1.065
        "CNY, 7.1,      -0.15,        -1.06",
        "CNY, 7.1,      0.001,        0.01", // 0.0071
        "CNY, 0.35,     0.1,          0.04", // 0.035; as binary fractions 0.0349999…
        "CNY, 7.123456, 123456789.12, 879439005.20", // 879439005.19759872
        "JPY, 150,      0.99,         148", // 148.5
        "JPY, 150,      1.01,         152", // 151.5
        "KWD, 0.305,    12.345,       3.765", // 3.765225
        "KWD, 0.5,      0.001,        0.000", // 0.0005
        "KWD, 0.5,      0.003,        0.002", // 0.0015
        "XAU, 0.00025,  1.5,          0.0004", // 0.000375: gold has no minor units, the history four decimals
    })
    void anAmountIsMultipliedExactlyAndRoundedToMinorUnitsTheHalfToEven(
            String own, String rate, BigDecimal amount, BigDecimal expected) {
        assertThat(FileCurrency.of(orders("USD", rate), own).converted(amount)).isEqualByComparingTo(expected);
    }

    @Test
    void whatIsInTheInstallationsCurrencyStaysAsItIs() {
        for (var currency : new String[] {null, "CNY"}) {
            var same = FileCurrency.of(orders(currency, null), "CNY");
            assertThat(same.rate()).isNull();
            assertThat(same.notes()).isEmpty();
            assertThat(same.converted(new BigDecimal("0.12345"))).isEqualTo("0.12345");
        }
    }

    @Test
    void theReportNamesBothCurrenciesTheRateAndTheDecimals() {
        var note = FileCurrency.of(orders("USD", " 7.10 "), "CNY").notes().getFirst();
        assertThat(note.code()).isEqualTo("converted");
        assertThat(note.values()).containsExactly("USD", "CNY", "7.1", "2");
        assertThat(note.text()).contains("in USD", "by 7.1", "in CNY", "2 decimals");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.00",
                "-7.1",
                "NaN",
                "Infinity",
                "seven",
                "7,1",
                "1e30",
                "1e999999999",
                "1e-999999999",
                "1000000000",
                "0.0000000000000000001",
                "1.0000000000000000000000000000000000000000001"
            })
    void aRateThatIsNoneIsRefused(String rate) {
        assertThat(refusal(orders("USD", rate))).isEqualTo("import_rate_invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.000000000000000001", "999999999.99", "7.1", "1E-5", "1e2", "1"})
    void aRateMayBeAnyPositiveDecimalOfReason(String rate) {
        assertThat(FileCurrency.of(orders("USD", rate), "CNY").rate()).isEqualByComparingTo(rate);
    }

    @ParameterizedTest
    @EnumSource
    void whatHasAmountsInAnotherCurrencyNeedsARateAndWhatHasNoneDoesNot(ImportKind kind) {
        var hasAmounts = kind == ImportKind.ORDERS || kind == ImportKind.PRODUCTS || kind == ImportKind.COSTS;
        for (var rate : new String[] {null, " "})
            assertThat(refusal(orders("USD", rate).of(kind))).isEqualTo(hasAmounts ? "import_rate_missing" : "none");
        assertThat(refusal(orders("CNY", "7.1").of(kind))).isEqualTo(hasAmounts ? "import_rate_unneeded" : "none");
        assertThat(refusal(orders(null, "7.1").of(kind))).isEqualTo(hasAmounts ? "import_rate_unneeded" : "none");
    }

    @Test
    void theRefusalStandsAtTheRateAndNamesBothCurrencies() {
        assertThatThrownBy(() -> FileCurrency.of(orders("USD", null), "CNY"))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.detail()).contains("how many CNY one USD is");
                    assertThat(problem.faults())
                            .extracting(Problem.Fault::place)
                            .containsExactly("rate");
                });
    }

    @Test
    void amountsAreReadAlikeWhereCurrencyAndRateAreTheSameNumber() {
        var dollars = FileCurrency.of(orders("USD", "7.1"), "CNY");
        assertThat(dollars.isOf(orders("USD", "7.10"))).isTrue();
        assertThat(dollars.isOf(orders("USD", "7.2"))).isFalse();
        assertThat(dollars.isOf(orders("HKD", "7.1"))).isFalse();
        assertThat(dollars.isOf(orders("USD", null)))
                .as("before there were rates")
                .isFalse();
        assertThat(dollars.isOf(orders(null, null))).isFalse();
        var own = FileCurrency.of(orders(null, null), "CNY");
        assertThat(own.isOf(orders("CNY", null))).isTrue();
        assertThat(own.isOf(orders("USD", "7.1"))).isFalse();
    }

    /** A mapping in JSON may have it as a number too; of it nothing is lost. */
    @Test
    void aMappingInJsonHasTheRateAsTextOrAsANumber() {
        var json = JsonMapper.builder().build();
        for (var written : new String[] {"\"7.12345678901234567\"", "7.12345678901234567"}) {
            var read = json.readValue("{\"currency\":\"USD\",\"rate\":%s}".formatted(written), ImportMapping.class);
            assertThat(FileCurrency.of(read, "CNY").rate()).isEqualTo("7.12345678901234567");
            assertThat(json.readValue(json.writeValueAsString(read), ImportMapping.class))
                    .isEqualTo(read);
        }
    }

    private static String refusal(ImportMapping mapping) {
        try {
            FileCurrency.of(mapping, "CNY");
            return "none";
        } catch (Problem e) {
            return e.code();
        }
    }

    private static ImportMapping orders(@Nullable String currency, @Nullable String rate) {
        return new ImportMapping(Map.of(), null, currency, rate, null, null, null, ImportKind.ORDERS, null);
    }
}
