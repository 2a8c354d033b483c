package io.rekindle.collect;

import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How people write which currency an amount is in. A sign of another currency than the amounts' own is no part of one. */
public final class CurrencySigns {
    private static final Pattern SIGNED = Pattern.compile(
            "([+-]?)\\s*([^\\d\\s.,+-]{1,4})?\\s*([+-]?\\d[^\\p{L}\\p{Sc}]*?)\\s*([^\\d\\s.,+-]{1,4})?");

    private static final Map<String, List<String>> OF = Map.ofEntries(
            Map.entry("€", List.of("EUR")),
            Map.entry("£", List.of("GBP")),
            Map.entry("¥", List.of("CNY", "JPY")),
            Map.entry("￥", List.of("CNY", "JPY")),
            Map.entry("元", List.of("CNY")),
            Map.entry("RMB", List.of("CNY")),
            Map.entry("円", List.of("JPY")),
            Map.entry("$", List.of("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN")),
            Map.entry("US$", List.of("USD")),
            Map.entry("C$", List.of("CAD")),
            Map.entry("A$", List.of("AUD")),
            Map.entry("NZ$", List.of("NZD")),
            Map.entry("HK$", List.of("HKD")),
            Map.entry("S$", List.of("SGD")),
            Map.entry("NT$", List.of("TWD")),
            Map.entry("R$", List.of("BRL")),
            Map.entry("₹", List.of("INR")),
            Map.entry("₩", List.of("KRW")),
            Map.entry("₽", List.of("RUB")),
            Map.entry("₺", List.of("TRY")),
            Map.entry("₫", List.of("VND")),
            Map.entry("฿", List.of("THB")),
            Map.entry("zł", List.of("PLN")),
            Map.entry("Kč", List.of("CZK")),
            Map.entry("Ft", List.of("HUF")),
            Map.entry("Fr", List.of("CHF")),
            Map.entry("kr", List.of("SEK", "NOK", "DKK", "ISK")));

    private static final Set<String> CODES =
            Currency.availableCurrencies().map(Currency::getCurrencyCode).collect(Collectors.toUnmodifiableSet());

    private CurrencySigns() {}

    /** The text of the number alone; as it is when it has no sign, or one of another currency. */
    public static String without(String text, String currency) {
        return without(text, sign -> isOf(sign, currency));
    }

    /** The same whatever currency it is in; as it is when what stands beside the number is the sign of none. */
    public static String without(String text) {
        return without(text, sign -> OF.containsKey(sign) || CODES.contains(sign));
    }

    private static String without(String text, Predicate<String> isSign) {
        var parts = SIGNED.matcher(text);
        if (text.length() > 60 || !parts.matches()) return text;
        var before = parts.group(2);
        var after = parts.group(4);
        if ((before == null) == (after == null) || !isSign.test(before == null ? after : before)) return text;
        return parts.group(1) + parts.group(3);
    }

    private static boolean isOf(String sign, String currency) {
        return sign.equalsIgnoreCase(currency)
                || OF.getOrDefault(sign, List.of()).contains(currency);
    }
}
