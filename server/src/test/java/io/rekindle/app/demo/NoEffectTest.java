package io.rekindle.app.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole loop on customers whom mails leave cold: the product must not find what is not there. */
class NoEffectTest {
    @Test
    void whereMailsChangeNothingTheResultSaysThatNoDifferenceWasFound() {
        try (var demo = TestDemo.start(3_000, 7, 0, Map.of())) {
            var report = TestDemo.run(demo);
            var conversion = requireNonNull(report.lift().conversion());
            assertThat(report.truth().conversion()).isZero();
            assertThat(report.sent()).isPositive();
            assertThat(report.heldOut()).isPositive();
            assertThat(conversion.low()).isLessThanOrEqualTo(0);
            assertThat(conversion.high()).isGreaterThanOrEqualTo(0);
            assertThat(report.verdict()).isEqualTo("no_difference");
            assertThat(report.words()).contains("No difference");
        }
    }
}
