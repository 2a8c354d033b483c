package io.rekindle.profile;

import io.rekindle.collect.Identifiers;

/** What callers without the right to personal data see of it: enough to tell two apart, too little to use. */
final class Mask {
    private static final int LAST_DIGITS = 4;

    private Mask() {}

    /** @param identifiers say of what form a value is */
    static String of(String field, String value, Identifiers identifiers) {
        if (value.isEmpty()) return value;
        return switch (field) {
            case PersonalFields.EMAIL -> email(value);
            case PersonalFields.PHONE -> phone(value);
            // The shop's own number for a customer says nothing by itself, unless it is an address, a phone or a
            // document.
            case PersonalFields.USER_ID ->
                switch (identifiers.formOf(value)) {
                    case OTHER -> value;
                    case MAIL_ADDRESS -> email(value);
                    case PHONE -> phone(value);
                    case DOCUMENT -> "***";
                };
            case PersonalFields.NAME, PersonalFields.FIRST_NAME, PersonalFields.LAST_NAME -> first(value) + "***";
            default -> "***";
        };
    }

    private static String email(String value) {
        int at = value.lastIndexOf('@');
        if (at < 1 || at == value.length() - 1) return "***";
        return first(value) + "***@" + first(value.substring(at + 1)) + "…";
    }

    private static String phone(String value) {
        var digits = value.replaceAll("[^0-9]", "");
        return digits.length() <= LAST_DIGITS ? "***" : "***" + digits.substring(digits.length() - LAST_DIGITS);
    }

    private static String first(String value) {
        return value.substring(0, value.offsetByCodePoints(0, 1));
    }
}
