package io.rekindle.plan;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values a template may use, by dotted path:
 *
 * <ul>
 *   <li>{@code customer.<trait>}: each trait of the customer that is a text, number or boolean, its name in
 *       snake_case: {@code customer.first_name}, {@code customer.city}, {@code customer.language} …
 *   <li>{@code offer.code}, {@code offer.name}, {@code offer.kind}, {@code offer.value}, {@code offer.currency},
 *       {@code offer.expires_on}
 *   <li>{@code shop_url}, {@code unsubscribe_url}
 * </ul>
 */
public record TemplateValues(Map<String, String> byPath) {
    public TemplateValues {
        byPath = Collections.unmodifiableMap(new LinkedHashMap<>(byPath));
    }

    public static TemplateValues none() {
        return new TemplateValues(Map.of());
    }

    /** With one more value; null and blank values are left out, so that they are found missing. */
    public TemplateValues with(String path, @Nullable String value) {
        if (value == null || value.isBlank()) return this;
        var more = new LinkedHashMap<>(byPath);
        more.put(path, value);
        return new TemplateValues(more);
    }

    /** With the customer's traits, named as in the profile ({@code firstName} or {@code first_name}). */
    public TemplateValues withCustomer(Map<String, String> traits) {
        var result = this;
        for (var trait : traits.entrySet())
            result = result.with("customer." + snakeCase(trait.getKey()), trait.getValue());
        return result;
    }

    /** With an offer and the code this customer gets. */
    public TemplateValues withOffer(Offer offer, @Nullable String code, java.time.ZoneId zone) {
        return with("offer.code", code)
                .with("offer.name", offer.name())
                .with("offer.kind", offer.kind().code())
                .with("offer.value", plain(offer.value()))
                .with("offer.currency", offer.currency())
                .with(
                        "offer.expires_on",
                        offer.expiresAt().atZone(zone).toLocalDate().toString());
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT)
                .replace('.', '_')
                .replace(' ', '_');
    }
}
