package io.rekindle.collect;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.platform.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the rows of a file tell of, and the fields they may have. */
public enum ImportKind {
    /** Who customers are: each row one identify call of the intake. */
    CUSTOMERS,
    /** Lines of orders, and what takes back of them. */
    ORDERS,
    /** What is sold: a row says what is so of a product from a time on. */
    PRODUCTS,
    /** What campaigns and channels cost, by day. */
    COSTS,
    /** Answers to surveys: a score, and perhaps words, which are sealed. */
    SURVEYS,
    /** What an earlier system sent and what became of it; never counted as an effect of this one's. */
    CAMPAIGN_HISTORY;

    /** Begins the name of a field that holds a trait of the customer's own naming: {@code traits.loyalty_class}. */
    public static final String TRAITS = "traits.";

    /** Begins the name of a field that holds a permission for a channel: {@code consent.email}. */
    public static final String CONSENT = "consent.";

    /** Begins the name of a field that holds an identifier of any type: {@code ids.membership_card}, {@code ids.till}. */
    public static final String IDS = "ids.";

    /** Begins the name of a field that holds the value of an imported tag: {@code tag:club}. */
    public static final String TAG = "tag:";

    /** The word it travels by: {@code customers}. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this word; a {@link Problem} {@code import_kind_unknown} when there is none. */
    @JsonCreator
    public static ImportKind of(String code) {
        return Stream.of(values())
                .filter(kind -> kind.code().equals(code))
                .findFirst()
                .orElseThrow(() -> Problem.invalid(
                                "import_kind_unknown", "there is no kind of import '{kind}'; there are {known}")
                        .with("kind", code)
                        .with(
                                "known",
                                Arrays.stream(values()).map(ImportKind::code).toList()));
    }

    /** Whether its rows hold amounts of money. */
    public boolean hasAmounts() {
        return switch (this) {
            case ORDERS, PRODUCTS, COSTS -> true;
            case CUSTOMERS, SURVEYS, CAMPAIGN_HISTORY -> false;
        };
    }

    /** The fields a file must have a column for. */
    public List<String> required() {
        return switch (this) {
            case CUSTOMERS -> List.of();
            case ORDERS -> List.of("order_id", "time", "quantity", "unit_price");
            case PRODUCTS -> List.of("product_id");
            case COSTS -> List.of("day", "amount");
            case SURVEYS -> List.of("time", "score");
            case CAMPAIGN_HISTORY -> List.of("time", "campaign", "outcome");
        };
    }

    /** All fields of fixed names, in the order people think of them. */
    public List<String> fields() {
        return switch (this) {
            case CUSTOMERS ->
                List.of(
                        "customer",
                        "email",
                        "phone",
                        "first_name",
                        "last_name",
                        "name",
                        "birthday",
                        "gender",
                        "street",
                        "house_number",
                        "street_2",
                        "suburb",
                        "city",
                        "state",
                        "postcode",
                        "country",
                        "language",
                        "company",
                        "social_security",
                        "created_at",
                        "time",
                        "consent_source",
                        "consent_time",
                        "consent_wording",
                        "consent_proof");
            case ORDERS ->
                List.of(
                        "order_id",
                        "time",
                        "customer",
                        "email",
                        "product_id",
                        "product_name",
                        "category",
                        "quantity",
                        "unit_price",
                        "currency");
            case PRODUCTS ->
                List.of("product_id", "product_name", "category", "price", "cost", "currency", "valid_from");
            case COSTS -> List.of("day", "channel", "campaign", "amount", "currency", "row_id");
            case SURVEYS ->
                List.of("customer", "email", "phone", "time", "survey", "measure", "score", "comment", "response_id");
            case CAMPAIGN_HISTORY ->
                List.of("customer", "email", "phone", "time", "campaign", "channel", "outcome", "message_id");
        };
    }

    /** How fields begin whose rest the file's owner names. */
    public List<String> beginnings() {
        return switch (this) {
            case CUSTOMERS -> List.of(TRAITS, CONSENT, IDS, TAG);
            case ORDERS, PRODUCTS, COSTS, SURVEYS, CAMPAIGN_HISTORY -> List.of();
        };
    }

    /** Whether there is such a field. */
    public boolean knows(String field) {
        return fields().contains(field)
                || beginnings().stream().anyMatch(one -> field.startsWith(one) && field.length() > one.length());
    }
}
