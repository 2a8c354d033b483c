package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeTextTest {
    @ParameterizedTest
    @CsvSource({
        "dd.MM.yyyy,29.02.2024,2024-02-29T00:00",
        "%d.%m.%Y,29.02.2024,2024-02-29T00:00",
        "yyyyMMdd,20240229,2024-02-29T00:00",
        "yyMMdd,240229,2024-02-29T00:00",
        "M/d/yy H:mm,2/9/24 7:05,2024-02-09T07:05",
        "%d/%m/%y,31/12/99,1999-12-31T00:00",
        "%d/%m/%y,01/01/69,1969-01-01T00:00",
        "%d/%m/%y,31/12/68,2068-12-31T00:00",
        "dd/MM/uu,31/12/97,1997-12-31T00:00",
        "d MMM yyyy G,5 Mar 2024 AD,2024-03-05T00:00",
        "dd 'of' MM yyyy,05 of 03 2024,2024-03-05T00:00",
        "yyyy-MM-dd[ HH:mm],2024-03-05,2024-03-05T00:00",
        "yyyy-MM-dd[ HH:mm],2024-03-05 06:07,2024-03-05T06:07",
        "%Y-%m-%d %I:%M %p,2024-03-05 06:07 PM,2024-03-05T18:07",
        "%FT%T,2024-03-05T06:07:08,2024-03-05T06:07:08",
    })
    void aTimeIsReadAsItsFormSays(String format, String text, LocalDateTime clock) {
        assertThat(TimeText.of(format).seconds(text)).hasValue(clock.toEpochSecond(ZoneOffset.UTC));
    }

    /** A day the calendar does not have is refused and not moved to another. */
    @ParameterizedTest
    @CsvSource({
        "dd.MM.yyyy,31.02.2024",
        "dd.MM.yyyy,30.02.2024",
        "%d.%m.%Y,31.02.2024",
        "%d.%m.%Y,29.02.2023",
        "M/d/yyyy H:mm,4/31/2024 9:00",
        "M/d/yyyy H:mm,4/30/2024 24:00",
        "yyyyMMdd,20240230",
        ",2024-02-30",
        ",20240230",
        ",2024-02-29T24:00:00",
        ",2024-02-29T10:00:00+25:00",
        ",2024-02-29T10:00:00+05:75",
        ",2024-02-29T10:00:00+5",
    })
    void whatNoCalendarHasIsNoTime(@Nullable String format, String text) {
        assertThat(TimeText.of(format).seconds(text)).isEmpty();
    }

    /** The day is that of the clock as written; what came before what is told by the moment. */
    @ParameterizedTest
    @CsvSource({
        ",2024-01-01T10:00:00+08:00,2024-01-01T10:00:00Z,2024-01-01T02:00:00Z,true",
        ",2024-01-01T10:00:00-0330,2024-01-01T10:00:00Z,2024-01-01T13:30:00Z,true",
        ",2024-01-01 10:00:00.25+08,2024-01-01T10:00:00Z,2024-01-01T02:00:00.25Z,true",
        ",2024-01-01T10:00:00.123456Z,2024-01-01T10:00:00Z,2024-01-01T10:00:00.123456Z,true",
        ",2024-01-01T10:00,2024-01-01T10:00:00Z,2024-01-01T10:00:00Z,false",
        ",2024-01-01,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,false",
        "yyyy-MM-dd HH:mm XXX,2024-01-01 01:00 +08:00,2024-01-01T01:00:00Z,2023-12-31T17:00:00Z,true",
        "yyyy-MM-dd HH:mm VV,2024-07-01 02:00 Europe/Berlin,2024-07-01T02:00:00Z,2024-07-01T00:00:00Z,true",
    })
    void theOffsetMovesTheMomentAndNotTheDay(
            @Nullable String format, String text, Instant clock, Instant moment, boolean told) {
        var read = TimeText.of(format).moment(text).orElseThrow();
        assertThat(read.seconds()).isEqualTo(clock.getEpochSecond());
        assertThat(read.micros()).isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, moment));
        assertThat(read.offsetTold()).isEqualTo(told);
    }

    @Test
    void whatIsNoFormIsToldInOneLine() {
        assertThatThrownBy(() -> TimeText.of("yyyy-bb"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("'yyyy-bb' is no form of times");
        assertThatThrownBy(() -> TimeText.of("%Q")).hasMessageContaining("'%Q' is no form of times");
    }
}
