package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnsTest {
    @ParameterizedTest
    @CsvSource({
        "given_name,lachlan|deakin|kayla,GIVEN_NAME",
        "FirstName,Ann|Bob|Cem,GIVEN_NAME",
        "fname_c2,ANN|BOB|CEM,GIVEN_NAME",
        "lname_c1,MEIER|BAUER|WOLFF,SURNAME",
        "姓,张|李|王,SURNAME",
        "姓名,张伟|李娜|王芳,FULL_NAME",
        "customer name,Ann Li|Bob Wu|Cem Ko,FULL_NAME",
        "date_of_birth,19081209|19990219|19600210,DATE",
        "seen,2020-01-02|2020-01-03|2021-03-04,DATE",
        "dob,some|text|here,WORDS",
        "contact,a@x.com|b@y.org|c@z.net,EMAIL",
        "mobile,+61 412 345 678|+61 412 345 679|+61 413 000 111,PHONE",
        "手机,13812345678|13912345678|13712345678,PHONE",
        "soc_sec_id,6988048|7364009|2635962,CODE",
        "postcode,4011|4814|2776,CODE",
        "city,London|Hull|Leeds,WORDS",
        "sex,m|f|f,CATEGORY"
    })
    void aKindIsToldFromNameAndValues(String name, String values, Kind kind) {
        assertThat(Columns.kind(name, List.of(values.split("\\|")))).isEqualTo(kind);
    }

    @Test
    void aFewValuesOfManyRowsAreACategory() {
        assertThat(Columns.kind(
                        "region",
                        Collections.nCopies(50, List.of("north", "south", "west")).stream()
                                .flatMap(List::stream)
                                .toList()))
                .isEqualTo(Kind.CATEGORY);
    }

    @Test
    void yearMonthAndDaySideBySideAreOneDate() {
        List<Column> columns = Columns.detect(
                List.of("name", "by", "bm", "bd"),
                List.of(List.of("Ann", "Bob"), List.of("1949", "1968"), List.of("7", ""), List.of("22", "27")));
        assertThat(columns).hasSize(2);
        assertThat(columns.getLast()).isEqualTo(new Column("by-bm-bd", Kind.DATE, List.of("1949-7-22", "")));
    }
}
