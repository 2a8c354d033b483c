package io.rekindle.models.linkage;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Telephone numbers as written by people, read by libphonenumber's tables of every country's numbering plan.
 *
 * <p>A number with its country (+86 138…, 0086 138…) is read as it stands. One without is a number of a region that is given or
 * told by the numbers beside it; where neither helps, its digits are kept without leading noughts, which is what it has in common
 * with the same number written in full. So is what no country could have issued, such as a number with a digit too many.
 */
final class PhoneNumbers {
    private static final PhoneNumberUtil PLANS = PhoneNumberUtil.getInstance();
    private static final String NO_REGION = "ZZ";
    private static final int FEWEST_DIGITS = 3;
    private static final int LOOKED_AT = 5_000;
    private static final double MOST = .75;
    private static final double NEARLY_ALL = .9;

    private PhoneNumbers() {}

    /**
     * A region's code as the numbering plans have it.
     *
     * @throws IllegalArgumentException where there is none such
     */
    static String region(String text) {
        String region = text.strip().toUpperCase(Locale.ROOT);
        if (!PLANS.getSupportedRegions().contains(region))
            throw new IllegalArgumentException(
                    "there is no phone region '%s'; it is a country's two letters, such as CN, DE, GB or US"
                            .formatted(text));
        return region;
    }

    /**
     * The region of a column's numbers that stand without a country: that of most of those with one, if nearly all the others
     * are numbers there; null where the column does not tell. Of a long column a part is looked at, the same in whatever order.
     */
    static @Nullable String region(List<String> values) {
        int mask = Integer.highestOneBit(Math.max(1, values.size() / LOOKED_AT)) - 1;
        List<String> bare = new ArrayList<>();
        Map<Integer, Integer> countries = new TreeMap<>();
        int whole = 0;
        for (String value : values) {
            if (value.isBlank() || ((value.hashCode() * 0x9E3779B9) >>> 8 & mask) != 0) continue;
            String text = international(value);
            if (!isInternational(text)) {
                if (digits(text).length() >= FEWEST_DIGITS) bare.add(text);
                continue;
            }
            PhoneNumber number = parsed(text, NO_REGION);
            if (number == null || !PLANS.isValidNumber(number)) continue;
            countries.merge(number.getCountryCode(), 1, Integer::sum);
            whole++;
        }
        int most = 0;
        for (int country : countries.keySet())
            if (countries.getOrDefault(country, 0) > countries.getOrDefault(most, 0)) most = country;
        if (whole == 0 || countries.getOrDefault(most, 0) < MOST * whole) return null;
        String region = PLANS.getRegionCodeForCountryCode(most);
        if (!PLANS.getSupportedRegions().contains(region)) return null;
        int there = 0;
        for (String text : bare) {
            PhoneNumber number = parsed(text, region);
            if (number != null && PLANS.isValidNumber(number)) there++;
        }
        return there < NEARLY_ALL * bare.size() ? null : region;
    }

    /** The number of a text; null where it has hardly a digit. */
    static Value.@Nullable Phone read(String written, @Nullable String region) {
        String text = international(written);
        String digits = digits(text);
        String plain = withoutNoughts(digits);
        if (plain.length() < FEWEST_DIGITS) return null;
        boolean whole = isInternational(text);
        if (whole || region != null) {
            PhoneNumber number = parsed(text, whole || region == null ? NO_REGION : region);
            if (number != null && (whole || PLANS.isPossibleNumber(number))) {
                String significant = PLANS.getNationalSignificantNumber(number);
                String national = withoutNoughts(significant);
                if (national.length() >= FEWEST_DIGITS)
                    return new Value.Phone(
                            "+" + number.getCountryCode() + significant
                                    + (number.getExtension().isEmpty() ? "" : ";" + number.getExtension()),
                            national,
                            Similarity.letters(national));
            }
        }
        return new Value.Phone(plain, plain, Similarity.letters(plain));
    }

    private static @Nullable PhoneNumber parsed(String text, String region) {
        try {
            return PLANS.parse(text, region);
        } catch (NumberParseException noNumberThere) {
            return null;
        }
    }

    /** Plain digits and signs; 00, by which most countries dial abroad, as +. */
    private static String international(String written) {
        String text = Comparer.plain(written);
        return text.startsWith("00") ? "+" + text.substring(2) : text;
    }

    private static boolean isInternational(String text) {
        return text.startsWith("+") || text.startsWith("(+");
    }

    private static String digits(String text) {
        StringBuilder digits = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++)
            if (text.charAt(i) >= '0' && text.charAt(i) <= '9') digits.append(text.charAt(i));
        return digits.toString();
    }

    private static String withoutNoughts(String digits) {
        int noughts = 0;
        while (noughts < digits.length() && digits.charAt(noughts) == '0') noughts++;
        return digits.substring(noughts);
    }
}
