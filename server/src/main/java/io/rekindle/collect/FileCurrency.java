package io.rekindle.collect;

import io.rekindle.common.Decimals;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which currency a file's amounts are in, and what they are in the installation's, the only one there is behind the imports.
 *
 * @param code of the file's amounts, ISO 4217
 * @param own the installation's
 * @param rate units of the installation's currency for one of the file's; null when they are the same
 */
public record FileCurrency(
        String code, String own, @Nullable BigDecimal rate) {
    /** The history holds four decimals. */
    private static final int MOST_DECIMALS = 4;

    private static final int MOST_DECIMALS_OF_A_RATE = 18;
    private static final int LONGEST_RATE = 40;
    private static final BigDecimal RATES_END = new BigDecimal("1000000000");

    /**
     * Reads it off a mapping. Amounts in another currency without a rate would stand in the history as what they are not, so
     * they are refused: {@code import_rate_missing}; {@code import_rate_invalid} is a rate that is none, and
     * {@code import_rate_unneeded} one where nothing is to be converted. Of a kind without amounts neither is looked at.
     */
    public static FileCurrency of(ImportMapping mapping, String own) {
        var code = mapping.currency() == null ? own : mapping.currency();
        var given = mapping.rate() == null ? "" : mapping.rate().strip();
        // What is no code is a fault among others of the mapping.
        if (!mapping.tells().hasAmounts() || !code.matches("[A-Z]{3}")) return new FileCurrency(own, own, null);
        if (code.equals(own)) {
            if (given.isEmpty()) return new FileCurrency(own, own, null);
            throw Problem.unprocessable(
                            "import_rate_unneeded",
                            "the amounts are in {own}, which this installation counts in: leave the rate out, or say which other currency (currency, --currency) they are in",
                            List.of(new Problem.Fault(
                                    "rate", "rate_unneeded", "nothing is converted: leave the rate out")))
                    .with("own", own);
        }
        if (given.isEmpty())
            throw Problem.unprocessable(
                            "import_rate_missing",
                            "the amounts are in {currency} and this installation counts in {own}: say how many {own} one {currency} is (rate, --rate)",
                            List.of(new Problem.Fault(
                                    "rate",
                                    "rate_missing",
                                    "how many of the installation's currency is one of the file's?")))
                    .with("currency", code)
                    .with("own", own);
        var rate = given.length() > LONGEST_RATE ? null : Decimals.read(given);
        if (rate == null
                || rate.signum() <= 0
                || rate.compareTo(RATES_END) >= 0
                || rate.stripTrailingZeros().scale() > MOST_DECIMALS_OF_A_RATE)
            throw Problem.unprocessable(
                            "import_rate_invalid",
                            "'{rate}' is no rate: it says how many {own} one {currency} is, such as 7.1; more than 0, less than 1,000,000,000, and of at most 18 decimals",
                            List.of(new Problem.Fault(
                                    "rate", "rate_invalid", "a rate is a number such as 7.1, more than 0")))
                    .with("rate", given.length() > LONGEST_RATE ? given.substring(0, LONGEST_RATE) + "…" : given)
                    .with("currency", code)
                    .with("own", own);
        return new FileCurrency(code, own, plain(rate));
    }

    /** Whether the amounts of another mapping were read as these are; before there were rates, they came in without one. */
    public boolean isOf(ImportMapping other) {
        var otherCode = other.currency() == null ? own : other.currency();
        if (!otherCode.equals(code)) return false;
        var given = other.rate() == null ? null : Decimals.read(other.rate().strip());
        return rate == null ? given == null : given != null && given.compareTo(rate) == 0;
    }

    private static BigDecimal plain(BigDecimal rate) {
        var stripped = rate.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /**
     * What an amount of the file is here: multiplied exactly, then rounded to the minor units of the installation's currency,
     * the half to even; as it is when nothing is converted.
     */
    public BigDecimal converted(BigDecimal amount) {
        return rate == null ? amount : amount.multiply(rate).setScale(decimals(), RoundingMode.HALF_EVEN);
    }

    /** How many decimals converted amounts have; what has no minor units, as gold, has as many as the history holds. */
    private int decimals() {
        int units = Currency.getInstance(own).getDefaultFractionDigits();
        return units < 0 ? MOST_DECIMALS : Math.min(units, MOST_DECIMALS);
    }

    /** What the report says of it; nothing when nothing is converted. */
    public List<Imports.Note> notes() {
        if (rate == null) return List.of();
        var values = List.of(code, own, rate.toPlainString(), Integer.toString(decimals()));
        return List.of(new Imports.Note(
                "converted",
                values,
                "the amounts of the file are in %s; each was multiplied by %s and stands here in %s, rounded to %s decimals (the half to even)"
                        .formatted(code, rate.toPlainString(), own, decimals())));
    }
}
