package io.rekindle.plan;

import io.rekindle.consent.Countries;
import io.rekindle.consent.Wording;
import io.rekindle.profile.PersonalFields;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The values a template may use, by dotted path:
 *
 * <ul>
 *   <li>{@code customer.<trait>}: each trait of the customer that is a text, number or boolean, its name in
 *       snake_case: {@code customer.first_name}, {@code customer.city}, {@code customer.language} …
 *   <li>{@code offer.code}, {@code offer.name}, {@code offer.kind}, {@code offer.value}, {@code offer.currency},
 *       {@code offer.expires_on}
 *   <li>{@code wording.<code>}: the latest version of a wording, as it stands for the customer's country and language:
 *       {@code wording.imprint}
 *   <li>{@code shop_url}, {@code unsubscribe_url}, {@code preferences_url}
 * </ul>
 */
public record TemplateValues(Map<String, String> byPath) {
    /** What a template may say of a person beside the traits that are not personal. */
    public static final Set<String> PERSONAL =
            Set.of(PersonalFields.EMAIL, PersonalFields.FIRST_NAME, PersonalFields.LAST_NAME, PersonalFields.NAME);

    static final String OFFER = "offer";

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

    /** What a template may say of a customer: the traits that have one value, and {@link #PERSONAL} fields. */
    public static Map<String, String> ofCustomer(Map<String, JsonNode> traits, PersonalFields personal) {
        var values = new LinkedHashMap<String, String>();
        traits.forEach((name, value) -> {
            if (value.isValueNode() && !value.isNull()) values.put(name, value.asString());
        });
        personal.values().forEach((field, value) -> {
            if (PERSONAL.contains(field)) values.put(field, value);
        });
        personal.fullName().ifPresent(name -> values.put(PersonalFields.NAME, name));
        return values;
    }

    /** With the customer's traits, named as in the profile ({@code firstName} or {@code first_name}). */
    public TemplateValues withCustomer(Map<String, String> traits) {
        var result = this;
        for (var trait : traits.entrySet())
            result = result.with("customer." + snakeCase(trait.getKey()), trait.getValue());
        return result;
    }

    /** With each wording as it stands for who has these traits. */
    public TemplateValues withWordings(List<Wording> wordings, Map<String, JsonNode> traits) {
        var result = this;
        for (var wording : wordings)
            result = result.with(
                    "wording." + wording.code(), Countries.text(wording, traits).orElse(null));
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
