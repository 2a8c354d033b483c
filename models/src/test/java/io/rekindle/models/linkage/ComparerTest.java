package io.rekindle.models.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparerTest {
    @ParameterizedTest
    @CsvSource({
        "SURNAME,Müller,MULLER,one letter off or sounding the same",
        "SURNAME,Smith,smith ,same",
        "SURNAME,Smith,Smyth,one letter off or sounding the same",
        "SURNAME,Smith,Jones,different",
        "SURNAME,O'Brien,obrien,same",
        "GIVEN_NAME,Rob,Robert,alike",
        "GIVEN_NAME,J.,John,loosely alike",
        "GIVEN_NAME,Al,Jo,different",
        "SURNAME,张,章,one letter off or sounding the same",
        "SURNAME,張,张,one letter off or sounding the same",
        "SURNAME,曾,Zeng,one letter off or sounding the same",
        "SURNAME,张,李,different",
        "GIVEN_NAME,小明,晓明,one letter off or sounding the same",
        "FULL_NAME,张伟,Wei Zhang,same in another order or sounding the same",
        "FULL_NAME,欧阳娜娜,Nana Ouyang,same in another order or sounding the same",
        "FULL_NAME,单田芳,Shan Tianfang,same in another order or sounding the same",
        "FULL_NAME,张伟,李娜,different",
        "FULL_NAME,'Smith, Anna',Anna Smith,same in another order or sounding the same",
        "FULL_NAME,Anna Smith,Anna Smyth,one letter off",
        "FULL_NAME,Anna Smith,Anna Maria Smith,one letter off",
        "FULL_NAME,Anna Smith,Anna Jones,a word in common",
        "FULL_NAME,Anna Smith,Karl Jones,different",
        "DATE,1980-03-04,19800304,same",
        "DATE,1980-03-04,1980/3/4,same",
        "DATE,1980-03-04,1980-03-05,'one digit off, or day and month swapped'",
        "DATE,1980-03-04,1980-04-03,'one digit off, or day and month swapped'",
        "DATE,1980-03-14,1980-03-29,'two of year, month and day the same'",
        "DATE,1980-03-14,1981-01-14,two digits off",
        "DATE,1980-12-29,1981-01-13,about a year apart or less",
        "DATE,1980-03-14,1955-11-02,different",
        "PHONE,+86 138-1234-5678,13812345678,same",
        "PHONE,86 138-1234-5678,13812345678,same but for the prefix",
        "PHONE,(02) 9374 4000,0293744000,same",
        "PHONE,13812345678,13812345679,one digit off",
        "PHONE,13812345678,15812345678,one digit off",
        "PHONE,0292744000,0393744000,different",
        "EMAIL,A.Smith@x.com,a.smith@x.com,same",
        "EMAIL,a.smith@gmail.com,a.smith@gmial.com,one or two letters off",
        "EMAIL,anna.smith@gmail.com,anna.smith@work.example,same before the @",
        "EMAIL,anna.smith@gmail.com,anna.smiht@work.example,alike before the @",
        "EMAIL,anna.smith@gmail.com,karl@gmail.com,different",
        "WORDS,12 Forbes Street,12 forbes st.,same",
        "WORDS,forbes street,forbs street,one letter or blank off",
        "WORDS,rose hill,rosehill,one letter or blank off",
        "WORDS,forbes street wintersloe,forbes street,alike",
        "WORDS,forbes street,giblin place,different",
        "CODE,7535316,7535316,same",
        "CODE,7535316,7553316,one character off",
        "CODE,7535316,7535999,different",
        "CATEGORY,nsw,nws,one letter off",
        "CATEGORY,f,m,different"
    })
    void twoValuesAreAsAlikeAsAPersonWouldSay(Kind kind, String one, String other, String level) {
        assertThat(level(kind, one, other)).isEqualTo(level);
        assertThat(level(kind, other, one)).isEqualTo(level);
    }

    @Test
    void theOrderOfDayAndMonthIsToldByTheColumn() {
        Comparer.Days american = Comparer.Days.of(List.of("03/14/1980", "04/03/1980"));
        assertThat(american.read("04/03/1980")).isEqualTo(new Value.Day("19800403", 1980, 4, 3));
        Comparer.Days european = Comparer.Days.of(List.of("14.03.1980", "04.03.1980"));
        assertThat(european.read("04.03.1980")).isEqualTo(new Value.Day("19800304", 1980, 3, 4));
    }

    @ParameterizedTest
    @CsvSource({
        "DATE,unknown",
        "DATE,1980",
        "PHONE,-",
        "SURNAME,?",
        "EMAIL,' '",
        "WORDS,-,",
        "DATE,99999999999999999999"
    })
    void whatTellsNothingIsMissing(Kind kind, String text) {
        assertThat(Comparer.of(kind, List.of(text), null).read(text)).isNull();
    }

    /** Numbers of the regulators' own examples and of ranges set aside for films. */
    @ParameterizedTest
    @CsvSource({
        "CN,+86 138 1234 5678,13812345678,same",
        "CN,0086-138-1234-5678,138 1234 5678,same",
        "CN,86 13812345678,１３８１２３４５６７８,same",
        "CN,(010) 6275 1234,+86 10 62751234,same",
        "CN,13812345678,13812345687,one digit off",
        "CN,13812345678,138123456789,one digit off",
        "CN,+8613812345678,+86138123456789,one digit off",
        "CN,6275 1234,+86 10 62751234,same but for the prefix",
        "CN,(010) 6275 1234,(021) 6275 1234,same last digits",
        "CN,13812345678,13900001111,different",
        "GB,+44 (0)20 7946 0018,020 7946 0018,same",
        "GB,0044 20 7946 0018,(020) 7946 0018,same",
        "GB,+44 20 7946 0018 ext 5,020 7946 0018,same but for the prefix",
        "US,+1 650-555-0123,(650) 555-0123,same",
        "US,011 44 20 7946 0018,+44 20 7946 0018,same",
        "US,1.650.555.0123,650 555 0123,same",
        "DE,+49 (0)30 23125 123,030/23125123,same",
        "IT,+39 06 1234 5678,06 12345678,same",
        "RU,8 (912) 345-67-89,+7 912 345 67 89,same",
        "AU,0412 345 678,+61 412 345 678,same",
        "US,13812345678,+86 138 1234 5678,same but for the prefix",
        ",+44 (0)20 7946 0018,0044 2079460018,same",
        ",+44 (0)20 7946 0018,020 7946 0018,same but for the prefix",
        ",+39 06 1234 5678,06 12345678,same but for the prefix",
        ",+1 650 555 0123,1 (650) 555-0123,same but for the prefix",
        ",+999 123456789,999123456789,same",
        ",+86 138 1234 5678,+44 138 1234 5678,same but for the prefix"
    })
    void aPhoneNumberIsItselfHoweverItIsWritten(@Nullable String region, String one, String other, String level) {
        Comparer.Phones phones = new Comparer.Phones(region);
        assertThat(level(Kind.PHONE, one, other, phones)).isEqualTo(level);
        assertThat(level(Kind.PHONE, other, one, phones)).isEqualTo(level);
    }

    @Test
    void phonesWithoutACountryAreOfTheCountryOfTheOthersIfTheyCanBe() {
        assertThat(PhoneNumbers.region(List.of("+86 138 1234 5678", "0086 13912345678", "13700002222", "")))
                .isEqualTo("CN");
        assertThat(PhoneNumbers.region(List.of("+44 20 7946 0018", "020 7946 0018", "unknown")))
                .isEqualTo("GB");
        assertThat(PhoneNumbers.region(List.of("13812345678", "13700002222"))).isNull();
        // Numbers of two countries, and numbers the country does not have.
        assertThat(PhoneNumbers.region(List.of("+86 138 1234 5678", "+44 20 7946 0018", "13700002222")))
                .isNull();
        assertThat(PhoneNumbers.region(List.of("+44 20 7946 0018", "13812345678", "13700002222")))
                .isNull();
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) many.add((i % 3 == 0 ? "+86" : "") + (13_800_000_000L + 2_345L * i));
        assertThat(PhoneNumbers.region(many)).isEqualTo("CN");
        assertThat(PhoneNumbers.region(many.reversed())).isEqualTo("CN");
    }

    private static String level(Kind kind, String one, String other) {
        return level(kind, one, other, Comparer.of(kind, List.of(one, other), null));
    }

    private static String level(Kind kind, String one, String other, Comparer<?> comparer) {
        List<String> values = List.of(one, other);
        Field<?> field =
                Field.read(List.of(new Column("x", kind, values)), comparer).getFirst();
        return field.comparer().levels().get(field.level(field.codes()[0], field.codes()[1]));
    }
}
