package io.rekindle.consent;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How countries are called: by their codes of two and three letters, by their names in English, Chinese and their own
 * languages, and by what people write besides. Case, accents, dots, hyphens and blanks make no difference.
 */
final class CountryNames {
    private static final Pattern ACCENTS = Pattern.compile("\\p{InCombiningDiacriticalMarks}+");
    private static final Pattern LITTLE_WORDS = Pattern.compile("\\bthe\\b");
    private static final Pattern SAINT = Pattern.compile("\\bsaint\\b");
    /** Not the slash: {@code n/a} is no Namibia. */
    private static final Pattern BETWEEN = Pattern.compile("[\\s\\p{P}\\p{Cf}&&[^/]]+");

    /**
     * What the tables of the Java platform do not know: former and long names, parts of the United Kingdom, abbreviations, and
     * the short names of ISO 3166 where they differ. What may be two countries ("Congo", "Virgin Islands") is left out.
     */
    private static final String OTHER_NAMES = """
            AE: UAE; Emirates; 阿联酋
            AG: Antigua
            BA: Bosnia; 波黑
            BN: Brunei Darussalam
            BO: Plurinational State of Bolivia; Bolivia, Plurinational State of
            BQ: Bonaire; Bonaire, Sint Eustatius and Saba
            BY: Byelorussia; Belorussia
            CC: Cocos Islands; Keeling Islands
            CD: DRC; DR Congo; Zaire; Congo-Kinshasa; Democratic Republic of the Congo
            CD: Congo, Democratic Republic of the; 刚果民主共和国
            CG: Congo-Brazzaville; Republic of the Congo; Congo, Republic of the; 刚果共和国
            CH: Swiss Confederation
            CI: Ivory Coast; 象牙海岸
            CN: PRC; PR China; People's Republic of China; Mainland China; China Mainland; Chinese Mainland
            CN: 中国大陆; 中國大陸; 中国内地; 中华人民共和国; 中華人民共和國; 中國
            CV: Cabo Verde
            CZ: Czech Republic; Czech; 捷克共和国
            DE: Federal Republic of Germany; BRD
            FK: Falklands; Malvinas; Falkland Islands (Malvinas)
            FM: Federated States of Micronesia; Micronesia, Federated States of
            FO: Faeroe Islands; Faroes
            GB: UK; Great Britain; Britain; England; Scotland; Wales; Northern Ireland
            GB: United Kingdom of Great Britain and Northern Ireland
            GB: 大不列颠; 英格兰; 苏格兰; 威尔士; 北爱尔兰; 英國; 联合王国
            GR: EL; Hellas; Hellenic Republic
            HK: Hong Kong; Hong Kong SAR; HKSAR; Hong Kong, China; China Hong Kong
            HK: 香港; 中国香港; 中國香港; 香港特别行政区; 香港特別行政區
            HM: Heard Island and McDonald Islands
            IE: Eire; Republic of Ireland; Irish Republic
            IR: Islamic Republic of Iran; Iran, Islamic Republic of; Persia
            KG: Kyrgyz Republic
            KN: Saint Kitts
            KP: DPRK; Democratic People's Republic of Korea; Korea, Democratic People's Republic of; Korea, North; 北朝鲜
            KR: Korea; ROK; Republic of Korea; Korea, Republic of; Korea, South; S. Korea; 南韩; 大韩民国; 韓國
            LA: Lao; Lao PDR; Lao People's Democratic Republic
            LY: Libyan Arab Jamahiriya; State of Libya
            MD: Republic of Moldova; Moldova, Republic of; Moldavia
            MF: Saint Martin (French part)
            MK: Macedonia; FYROM; Republic of Macedonia; Republic of North Macedonia; 马其顿
            MK: The former Yugoslav Republic of Macedonia; Macedonia, the former Yugoslav Republic of
            MM: Myanmar; Burma
            MO: Macau; Macao; Macau SAR; Macao SAR; Macau SAR China; Macau, China; Macao, China
            MO: 澳门; 澳門; 中国澳门; 中國澳門; 澳门特别行政区; 澳門特別行政區
            NL: Holland; Kingdom of the Netherlands; Netherlands, Kingdom of the
            PN: Pitcairn
            PS: Palestine; State of Palestine; Palestine, State of; Palestinian Territory, Occupied; 巴勒斯坦
            RE: La Réunion
            RU: Russian Federation; 俄罗斯联邦
            SA: KSA; Kingdom of Saudi Arabia; 沙特
            SH: Saint Helena, Ascension and Tristan da Cunha
            SK: Slovak Republic
            SX: Sint Maarten (Dutch part)
            SY: Syrian Arab Republic
            SZ: Swaziland
            TL: East Timor
            TR: Turkey
            TT: Trinidad
            TW: Taiwan, Province of China; Taiwan, China; Chinese Taipei; 台灣; 臺灣; 中国台湾; 中國台灣; 台湾地区
            TZ: United Republic of Tanzania; Tanzania, United Republic of
            UM: United States Minor Outlying Islands
            US: United States of America; America; 美利坚合众国; 美國
            VA: Vatican; Holy See; Vatican City State; Holy See (Vatican City State)
            VC: Saint Vincent
            VE: Bolivarian Republic of Venezuela; Venezuela, Bolivarian Republic of
            VG: BVI; Virgin Islands, British
            VI: Virgin Islands, U.S.; United States Virgin Islands
            VN: Socialist Republic of Vietnam
            """;

    private static final Map<String, String> BY_NAME = names();

    private CountryNames() {}

    /** The code of two letters of what is called so; null when nothing is. */
    static @Nullable String code(String name) {
        var key = key(name);
        // Dots and all it is "not available".
        if (key.equals("na") && name.strip().length() > 2) return null;
        return BY_NAME.get(key);
    }

    /** Whether a text says nothing at all, not even something that names no country. */
    static boolean isBlank(String text) {
        return text.codePoints().noneMatch(Character::isLetterOrDigit);
    }

    private static String key(String name) {
        var plain = ACCENTS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD))
                .replaceAll("");
        var folded = plain.toLowerCase(Locale.ROOT)
                .replace("&", " and ")
                .replace("ß", "ss")
                .replace("ø", "o")
                .replace("ł", "l");
        var saints = SAINT.matcher(LITTLE_WORDS.matcher(folded).replaceAll(" ")).replaceAll("st");
        return BETWEEN.matcher(saints).replaceAll("");
    }

    private static Map<String, String> names() {
        var names = new HashMap<String, String>();
        for (var line : OTHER_NAMES.lines().toList())
            for (var name : line.substring(3).split(";")) names.put(key(name), line.substring(0, 2));
        for (var code : Locale.getISOCountries()) {
            var country = Locale.of("", code);
            for (var language : List.of(Locale.ENGLISH, Locale.CHINESE))
                names.put(key(country.getDisplayCountry(language)), code);
            names.put(key(country.getISO3Country()), code);
        }
        for (var locale : Locale.getAvailableLocales())
            // Some are of a continent, by a number.
            if (locale.getCountry().length() == 2)
                names.putIfAbsent(key(locale.getDisplayCountry(locale)), locale.getCountry());
        // Its own code stands for a country, whatever it is called elsewhere.
        for (var code : Locale.getISOCountries()) names.put(code.toLowerCase(Locale.ROOT), code);
        return Map.copyOf(names);
    }
}
