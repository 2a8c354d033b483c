package io.rekindle.collect;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Vault;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One identifier an event carried, as the log keeps it: its type and the keyed hash of its normalised value. That hash
 * is also the customer id the identifier would have on its own.
 */
public record Identifier(Type type, CustomerId id) {

    /** Strongest first: the strongest identifier of an event gives the event its customer id. */
    public enum Type {
        USER_ID("user_id"),
        EMAIL("email"),
        PHONE("phone"),
        ANONYMOUS_ID("anonymous_id");

        private final String code;

        Type(String code) {
            this.code = code;
        }

        /** As stored and shown. */
        public String code() {
            return code;
        }
    }

    /** Values programs send when they have none: taken as identifiers they would make one person of everybody. */
    private static final Set<String> BLOCKED = Set.of(
            "-1",
            "null",
            "undefined",
            "anonymous",
            "none",
            "nan",
            "n/a",
            "nil",
            "unknown",
            "guest",
            "true",
            "false",
            "test",
            "test@test.com",
            "test@example.com");

    private static final Pattern ZEROS = Pattern.compile("[+0-]*");

    /** The identifier a value stands for, from intake, import and search alike; empty when the value is blocked. */
    public static Optional<Identifier> of(Vault vault, Type type, String value) {
        var normal = normalised(type, value);
        if (ZEROS.matcher(normal).matches() || BLOCKED.contains(value.strip().toLowerCase(Locale.ROOT)))
            return Optional.empty();
        return Optional.of(new Identifier(type, new CustomerId(vault.keyedHash(type.code(), normal))));
    }

    /**
     * The form in which two spellings of one identifier are the same: e-mail in lower case, an international phone
     * number in E.164, a national one by its digits, everything else without outer blanks.
     */
    public static String normalised(Type type, String value) {
        var stripped = value.strip();
        return switch (type) {
            case EMAIL -> stripped.toLowerCase(Locale.ROOT);
            case PHONE -> phone(stripped);
            case USER_ID, ANONYMOUS_ID -> stripped;
        };
    }

    private static String phone(String value) {
        var international = value.startsWith("00") ? "+" + value.substring(2) : value;
        if (international.startsWith("+")) {
            try {
                var numbers = PhoneNumberUtil.getInstance();
                return numbers.format(numbers.parse(international, "ZZ"), PhoneNumberUtil.PhoneNumberFormat.E164);
            } catch (NumberParseException e) {
                // Not a number of any country: its digits are all there is to compare.
                return "+" + digits(international);
            }
        }
        return digits(international);
    }

    private static String digits(String value) {
        return value.replaceAll("[^0-9]", "");
    }
}
