package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountryNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "GB | UK; U.K.; u. k.; England; SCOTLAND; Wales; Great Britain; great-britain; Britain; Northern Ireland; GBR; 英国; 英格兰",
                "HK | Hong Kong; HongKong; HONG-KONG; Hong Kong SAR; HKG; 香港; 中国香港; 香港特別行政區",
                "MO | Macau; Macao; MAC; 澳门; 澳門; 中国澳门",
                "CN | PRC; P.R.C.; P. R. China; People’s Republic of China; People's Republic of China; CHN; 中国; 中国大陆; 中華人民共和國",
                "TW | Taiwan; 台湾; 臺灣; TWN; Taiwan, Province of China",
                "CZ | Czech Republic; the Czech Republic; Czechia; Česko; Cesko",
                "TR | Turkey; Türkiye; Turkiye; TURKIYE; TUR; 土耳其",
                "NL | Holland; The Netherlands; Nederland",
                "US | United States of America; the United States; U.S.A.; U. S. A.; USA; U.S.; us; 美国",
                "KR | Korea; South Korea; Republic of Korea; Korea, Republic of; Korea (the Republic of); S. Korea; KOR; 韩国; 대한민국",
                "KP | North Korea; DPRK",
                "RU | Russia; Russian Federation; Россия",
                "VN | Vietnam; Viet Nam; Việt Nam",
                "AE | UAE; U.A.E.; United Arab Emirates; ARE; 阿联酋",
                "CI | Ivory Coast; Côte d’Ivoire; Cote d'Ivoire; COTE D IVOIRE",
                "MM | Burma; Myanmar; Myanmar (Burma)",
                "SZ | Swaziland; Eswatini",
                "MK | Macedonia; North Macedonia",
                "CV | Cape Verde; Cabo Verde",
                "LA | Laos; Lao PDR; Lao People's Democratic Republic",
                "MD | Moldova; Republic of Moldova; Moldova, Republic of",
                "TZ | Tanzania; Tanzania, United Republic of; Tanzania (the United Republic of)",
                "BO | Bolivia; Bolivia (Plurinational State of)",
                "VE | Venezuela; Venezuela (Bolivarian Republic of)",
                "IR | Iran; Iran (Islamic Republic of); Islamic Republic of Iran",
                "SY | Syria; Syrian Arab Republic",
                "BN | Brunei; Brunei Darussalam",
                "AT | Österreich; osterreich; Austria; AUT; 奥地利",
                "LC | St. Lucia; St Lucia; Saint Lucia",
                "ST | São Tomé & Príncipe; Sao Tome and Principe",
                "DE | ＤＥ; de; DEU; Deutschland; Germany; 德国",
            })
    void aCountryIsKnownByWhateverItIsCalled(String code, String names) {
        for (var name : names.split("; "))
            assertThat(CountryNames.code(name)).as(name).isEqualTo(code);
    }

    @Test
    void everyNameOfThePlatformIsOfOneCountryOnly() {
        var called = new HashMap<String, TreeSet<String>>();
        for (var code : Locale.getISOCountries()) {
            var country = Locale.of("", code);
            for (var name : List.of(
                    code,
                    country.getISO3Country(),
                    country.getDisplayCountry(Locale.ENGLISH),
                    country.getDisplayCountry(Locale.CHINESE))) {
                assertThat(CountryNames.code(name)).as(name).isEqualTo(code);
                assertThat(CountryNames.code(" " + name.toLowerCase(Locale.ROOT)))
                        .as(name)
                        .isEqualTo(code);
            }
        }
        for (var locale : Locale.getAvailableLocales())
            if (locale.getCountry().length() == 2)
                called.computeIfAbsent(
                                CountryNames.code(locale.getDisplayCountry(locale)) + " "
                                        + locale.getDisplayCountry(locale),
                                any -> new TreeSet<>())
                        .add(locale.getCountry());
        called.forEach(
                (name, codes) -> assertThat(codes).as(name).containsExactly(name.substring(0, name.indexOf(' '))));
    }

    @Test
    void whatMayBeAnyCountryIsNone() {
        for (var name :
                List.of("Congo", "Atlantis", "n/a", "N.A.", "n. a.", "unknown", "null", "EU", "Europe", "7", "276"))
            assertThat(CountryNames.code(name)).as(name).isNull();
        assertThat(CountryNames.code("NA")).isEqualTo("NA");
        assertThat(List.of("", "  ", "-", "?", "…", "—")).allMatch(CountryNames::isBlank);
        assertThat(List.of("n/a", "7", "未知")).noneMatch(CountryNames::isBlank);
    }
}
