package io.rekindle.models.linkage;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How Chinese names are spoken: pinyin without tones, surnames by the reading they have as surnames. */
final class Pinyin {
    /** Surnames that are read otherwise than the same character in a text. */
    private static final Map<Character, String> SURNAMES = Map.ofEntries(
            Map.entry('单', "shan"),
            Map.entry('單', "shan"),
            Map.entry('曾', "zeng"),
            Map.entry('解', "xie"),
            Map.entry('仇', "qiu"),
            Map.entry('区', "ou"),
            Map.entry('區', "ou"),
            Map.entry('查', "zha"),
            Map.entry('朴', "piao"),
            Map.entry('盖', "ge"),
            Map.entry('蓋', "ge"),
            Map.entry('乐', "yue"),
            Map.entry('樂', "yue"),
            Map.entry('缪', "miao"),
            Map.entry('繆', "miao"),
            Map.entry('覃', "qin"),
            Map.entry('翟', "zhai"),
            Map.entry('尉', "wei"),
            Map.entry('召', "shao"),
            Map.entry('任', "ren"),
            Map.entry('华', "hua"),
            Map.entry('華', "hua"),
            Map.entry('纪', "ji"),
            Map.entry('紀', "ji"),
            Map.entry('葛', "ge"),
            Map.entry('员', "yun"),
            Map.entry('員', "yun"),
            Map.entry('宁', "ning"),
            Map.entry('秘', "bi"),
            Map.entry('冼', "xian"),
            Map.entry('折', "she"),
            Map.entry('黑', "he"),
            Map.entry('繁', "po"),
            Map.entry('种', "chong"),
            Map.entry('哈', "ha"),
            Map.entry('那', "na"));

    /** The surnames of two characters that are in use. */
    private static final Set<String> OF_TWO = Set.of(
            "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "东方", "東方", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "慕容", "令狐", "宇文", "长孙",
            "長孫", "司徒", "夏侯", "端木", "独孤", "獨孤", "南宫", "南宮", "万俟", "闻人", "聞人", "轩辕", "軒轅", "百里", "呼延", "东郭", "東郭", "公冶",
            "澹台", "淳于", "单于", "太史", "申屠", "钟离", "鍾離", "鲜于", "鮮于", "闾丘", "濮阳", "西门", "西門");

    private Pinyin() {}

    /** Whether a text begins with a Chinese character. */
    static boolean isChinese(String text) {
        return !text.isEmpty() && Character.UnicodeScript.of(text.codePointAt(0)) == Character.UnicodeScript.HAN;
    }

    /** How many of a Chinese name's characters are its surname. */
    static int surnameLength(String name) {
        return name.length() > 2 && OF_TWO.contains(name.substring(0, 2)) ? 2 : Math.min(1, name.length());
    }

    /** A name or a surname: its first character is read as a surname is. */
    static String of(String name) {
        StringBuilder out = new StringBuilder(name.length() * 3);
        for (int i = 0; i < name.length(); i++) {
            String surname = i == 0 && surnameLength(name) == 1 ? SURNAMES.get(name.charAt(0)) : null;
            out.append(surname == null ? reading(name.charAt(i)) : surname);
        }
        return out.toString();
    }

    /** A given name. */
    static String ofGiven(String name) {
        StringBuilder out = new StringBuilder(name.length() * 3);
        for (int i = 0; i < name.length(); i++) out.append(reading(name.charAt(i)));
        return out.toString();
    }

    private static String reading(char character) {
        return com.github.promeg.pinyinhelper.Pinyin.toPinyin(character).toLowerCase(Locale.ROOT);
    }
}
