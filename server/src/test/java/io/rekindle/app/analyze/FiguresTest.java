package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 rows | 1 row",
                "x.csv: 1 of 1 rows used | x.csv: 1 of 1 row used",
                "1 refunds were taken off; 1 purchases have no date | 1 refund was taken off; 1 purchase has no date",
                "1 texts judged: 1 praise | 1 text judged: 1 praise",
                "11 rows, 1,001 rows, 0.1 weeks, 2.1 days | 11 rows, 1,001 rows, 0.1 weeks, 2.1 days",
                "cluster 1 is large, 1 says so | cluster 1 is large, 1 says so"
            })
    void aSentenceAgreesWithOne(String written, String read) {
        assertThat(Figures.agreed(written)).isEqualTo(read);
    }
}
