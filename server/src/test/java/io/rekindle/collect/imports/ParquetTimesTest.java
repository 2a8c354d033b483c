package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.ImportMapping;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times a Parquet file holds as times. The shop is in Shanghai, eight hours ahead of UTC. */
class ParquetTimesTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final Instant LATEST = Instant.parse("2026-03-01T09:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** DuckDB writes each type; what it stands for is worked out by hand. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "timestamptz '2026-01-05 10:00:00.123456+00', 2026-01-05T10:00:00.123456Z",
                "timestamptz '2026-01-05 10:00:00+02:00', 2026-01-05T08:00:00Z",
                "'2026-01-05 10:00:00.123456789+00'::timestamptz_ns, 2026-01-05T10:00:00.123456Z",
                "timestamp '2026-01-05 10:00:00.123456', 2026-01-05T02:00:00.123456Z",
                "timestamp_ns '2026-01-05 10:00:00.123456789', 2026-01-05T02:00:00.123456Z",
                "timestamp_ms '2026-01-05 10:00:00.123', 2026-01-05T02:00:00.123Z",
                "timestamp_s '2026-01-05 10:00:00', 2026-01-05T02:00:00Z",
                "date '2026-01-05', 2026-01-04T16:00:00Z",
                "'2026-01-05 10:00:00', 2026-01-05T02:00:00Z",
                "'2026-01-05T10:00:00+00:00', 2026-01-05T10:00:00Z",
            })
    void everyTypeOfTimeIsTheMomentItStandsFor(String expression, Instant expected) throws Exception {
        var file = written(List.of(expression));
        assertThat(read(file, ImportMapping.NONE)).containsExactly(expected.toString());
    }

    /** Written by Apache Arrow with use_deprecated_int96_timestamps, as Spark and Hive wrote times for years. */
    @Test
    void whatSparkWroteAsInt96IsInUtc() throws Exception {
        var file = Path.of(
                Objects.requireNonNull(getClass().getResource("int96.parquet")).toURI());
        assertThat(read(file, ImportMapping.NONE)).containsExactly("2026-01-05T10:00:00.123456Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"M/d/yyyy", "yyyy-MM-dd HH:mm:ss"})
    void theFormOfTextSaysNothingOfATimeThatIsNone(String form) throws Exception {
        var file = written(List.of("timestamptz '2026-01-05 10:00:00.5+00'"));
        assertThat(read(file, new ImportMapping(null, form, null, null, null, null, null, null, null)))
                .containsExactly("2026-01-05T10:00:00.500Z");
    }

    @Test
    void aTimeThatIsMissingOrWithoutEndIsAFaultOfItsRow() throws Exception {
        for (var type : List.of("timestamptz", "timestamptz_ns", "timestamp", "timestamp_ns", "date")) {
            var file = written(List.of("null::" + type, "'infinity'::" + type, "'2026-01-05'::" + type));
            assertThat(read(file, ImportMapping.NONE))
                    .as(type)
                    .startsWith("no_time", "bad_time")
                    .hasSize(3);
        }
    }

    /** What the console shows of it, and guesses a form by. */
    @Test
    void theTextOfATimeOfAZoneIsIsoWhateverZoneTheMachineIsIn() throws Exception {
        var file = written(List.of("timestamptz '2026-01-05 10:00:00.5+00'"));
        try (var staging = new Staging()) {
            try (var statement = staging.connection().createStatement()) {
                statement.execute("set timezone = 'America/New_York'");
            }
            try (var table = Table.open(file, null, staging.connection())) {
                var text = Objects.requireNonNull(
                        Objects.requireNonNull(table.next()).values().get(1));
                assertThat(Times.iso(SHANGHAI).read(text)).isEqualTo(Instant.parse("2026-01-05T10:00:00.5Z"));
                assertThat(MappingGuess.timeFormats(List.of(text), SHANGHAI)).containsExactly("");
            }
        }
    }

    private Path written(List<String> times) throws SQLException {
        var file = folder.resolve("times.parquet");
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement()) {
            var rows = times.stream()
                    .map(
                            "select 'a' as order_id, %s as \"time\", 'c' as customer, 1 as quantity, 2.5 as unit_price"
                                    ::formatted)
                    .toList();
            statement.execute("copy (%s) to '%s' (format parquet)".formatted(String.join(" union all ", rows), file));
        }
        return file;
    }

    /** Each row's time, or why there is none. */
    private static List<String> read(Path file, ImportMapping mapping) throws Exception {
        var read = new ArrayList<String>();
        try (var staging = new Staging();
                var table = Table.open(file, null, staging.connection())) {
            var reader = new LineReader(mapping, table.columns(), SHANGHAI, FileCurrency.of(mapping, "EUR"), LATEST);
            for (var row = table.next(); row != null; row = table.next())
                read.add(
                        switch (reader.read(row)) {
                            case LineReader.Line line -> line.at().toString();
                            case LineReader.Refused(var reason, var detail) -> reason;
                        });
        }
        return read;
    }
}
