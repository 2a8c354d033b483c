package io.rekindle.models.linkage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the columns of a table hold, told from their names (English, German, French, Spanish, Chinese) and their values. What
 * the values say wins over the name: a column called "date" without dates is words.
 *
 * <p>Assumption: a column is of one kind, and what most of its values look like (half to nine tenths of them, by kind) is
 * what it holds. Source: none; the words and shares are ours, tried on the public tables of people of the tests. Numerics:
 * shares of the values that are not blank; no sample is drawn, so the order of rows does not matter. Complexity: a few passes
 * over the values of each column.
 */
public final class Columns {
    private static final Pattern GIVEN = Pattern.compile(
            "first|firstname|given|givenname|forename|fname|vorname|prenom|christian|middle|middlename|nombre|名|名字");
    private static final Pattern FAMILY = Pattern.compile(
            "last|lastname|surname|sname|lname|family|familyname|nachname|familienname|apellido|apellidos|姓|姓氏");
    private static final Pattern FULL = Pattern.compile("name|fullname|customername|姓名|客户姓名|名称");
    private static final Pattern BIRTH =
            Pattern.compile("dob|date|birth|birthday|birthdate|dateofbirth|geburtsdatum|born|day|生日|出生日期|日期");
    private static final Pattern PHONE = Pattern.compile(
            "phone|phoneno|telephone|tel|mobile|cell|cellphone|msisdn|fax|telefon|handy|手机|手机号|手机号码|电话|联系电话");
    private static final Pattern PLACE = Pattern.compile(
            "address|street|city|town|suburb|place|addr|village|road|strasse|ort|stadt|ville|ciudad|地址|城市|街道|住址");
    private static final Pattern YEAR = Pattern.compile("y|yr|year|by|yob|birthyear|jahr|年|出生年");
    private static final Pattern MONTH = Pattern.compile("m|mon|month|bm|mob|birthmonth|monat|月|出生月");
    private static final Pattern DAY = Pattern.compile("d|day|bd|birthday|tag|日|出生日");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");
    private static final int FEW = 60;

    private Columns() {}

    /**
     * The columns as they are compared. Year, month and day in three columns side by side become one date.
     *
     * @param names by column
     * @param values by column, then by record; all equally long
     */
    public static List<Column> detect(List<String> names, List<List<String>> values) {
        if (names.size() != values.size())
            throw new IllegalArgumentException("%d names for %d columns".formatted(names.size(), values.size()));
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (i + 2 < names.size() && isDate(names.subList(i, i + 3), values.subList(i, i + 3))) {
                columns.add(new Column(
                        names.get(i) + "-" + names.get(i + 1) + "-" + names.get(i + 2),
                        Kind.DATE,
                        joined(values.get(i), values.get(i + 1), values.get(i + 2))));
                i += 2;
            } else columns.add(new Column(names.get(i), kind(names.get(i), values.get(i)), values.get(i)));
        }
        return columns;
    }

    private static boolean isDate(List<String> names, List<List<String>> values) {
        return named(names.get(0), YEAR)
                && named(names.get(1), MONTH)
                && named(names.get(2), DAY)
                && share(values.get(0), text -> between(text, 1000, 2999)) > .9
                && share(values.get(1), text -> between(text, 1, 12)) > .9
                && share(values.get(2), text -> between(text, 1, 31)) > .9;
    }

    private static boolean between(String text, int from, int to) {
        if (!NUMBER.matcher(text).matches()) return false;
        int number = Integer.parseInt(text);
        return number >= from && number <= to;
    }

    private static List<String> joined(List<String> years, List<String> months, List<String> days) {
        List<String> dates = new ArrayList<>(years.size());
        for (int i = 0; i < years.size(); i++) {
            String year = years.get(i).strip();
            String month = months.get(i).strip();
            String day = days.get(i).strip();
            dates.add(year.isEmpty() || month.isEmpty() || day.isEmpty() ? "" : year + "-" + month + "-" + day);
        }
        return dates;
    }

    static Kind kind(String name, List<String> values) {
        if (share(values, text -> text.indexOf('@') > 0) > .5) return Kind.EMAIL;
        double digits = share(values, Columns::mostlyDigits);
        if (share(values, Columns::isDate) > .9 && (named(name, BIRTH) || share(values, Columns::isWrittenDate) > .9))
            return Kind.DATE;
        if (digits > .8 && share(values, text -> digits(text) >= 6) > .8) {
            if (named(name, PHONE)
                    || share(values, text -> text.startsWith("+") || (digits(text) == 11 && text.startsWith("1"))) > .8)
                return Kind.PHONE;
        }
        if (digits < .2) {
            // A surname's column may be called last_name, a full name's customer_name: the narrower word first.
            if (named(name, GIVEN)) return Kind.GIVEN_NAME;
            if (named(name, FAMILY)) return Kind.SURNAME;
            if (named(name, FULL) && !named(name, PLACE)) return Kind.FULL_NAME;
        }
        if (named(name, PLACE) && digits < .8) return Kind.WORDS;
        Set<String> different = new HashSet<>();
        int filled = 0;
        for (String value : values)
            if (!value.isBlank()) {
                filled++;
                if (different.size() <= FEW) different.add(Comparer.plain(value));
            }
        if (different.size() <= FEW && (different.size() <= 2 || filled >= 10 * different.size())) return Kind.CATEGORY;
        if (digits > .5 || share(values, text -> text.indexOf(' ') < 0 && digits(text) > 0) > .8) return Kind.CODE;
        return Kind.WORDS;
    }

    /** Whether one of a column's words, or all of them together, are such a name. */
    private static boolean named(String name, Pattern pattern) {
        String plain = name.replaceAll("(\\p{Ll})(\\p{Lu})", "$1_$2").toLowerCase(Locale.ROOT);
        if (pattern.matcher(plain.replaceAll("[^\\p{L}]", "")).matches()) return true;
        for (String word : plain.split("[^\\p{L}]+", -1))
            if (word.length() > 1 && pattern.matcher(word).matches()) return true;
        return false;
    }

    private static double share(List<String> values, Predicate<String> holds) {
        long filled = 0;
        long holding = 0;
        for (String value : values) {
            String text = value.strip();
            if (text.isEmpty()) continue;
            filled++;
            if (holds.test(text)) holding++;
        }
        return filled == 0 ? 0 : (double) holding / filled;
    }

    private static int digits(String text) {
        int digits = 0;
        for (int i = 0; i < text.length(); i++) if (Character.isDigit(text.charAt(i))) digits++;
        return digits;
    }

    private static boolean mostlyDigits(String text) {
        return digits(text) * 2 > text.length();
    }

    private static boolean isDate(String text) {
        int[] parts = Comparer.Days.numbers(text);
        if (parts.length != 3) return false;
        int year = parts[0] > 99 ? parts[0] : parts[2];
        int day = parts[0] > 99 ? parts[2] : parts[0];
        return year >= 1850 && year <= 2150 && parts[1] >= 1 && parts[1] <= 31 && day >= 1 && day <= 31;
    }

    /** With signs between year, month and day: no plain number looks like that. */
    private static boolean isWrittenDate(String text) {
        return isDate(text) && digits(text) < text.length();
    }
}
