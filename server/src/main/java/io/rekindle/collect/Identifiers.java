package io.rekindle.collect;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.rekindle.collect.intake.PersonalText;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Vault;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the identifier a value from outside stands for: as {@link Identifier#of} does, and a phone number written
 * without its country is one of the country of the settings.
 */
@Component
public class Identifiers {
    private static final int LONGEST = 500;
    private static final int SHORTEST_PHONE = 6;
    private static final String NO_REGION = "ZZ";

    /** China's of 18 signs and of 15 with its day of birth, and the United States' social security number. */
    private static final Pattern DOCUMENT = Pattern.compile(
            "\\d{17}[\\dXx]|[1-9]\\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])\\d{3}|\\d{3}-\\d{2}-\\d{4}");

    private static final Pattern GB_11643 = Pattern.compile("\\d{17}[\\dXx]");
    private static final Pattern PHONE_IN_FULL = Pattern.compile("[+(]?[\\d(][\\d\\s()./\u00a0-]{5,}");
    /** With the nought that is dialled within a country. */
    private static final Pattern TRUNK = Pattern.compile("0[1-9]\\d{8,10}");

    private static final int SLOTS = 1 << 17;

    /** What was asked for lately: a customer who is here now comes again, and a keyed hash is dear. */
    private final AtomicReferenceArray<@Nullable Found> lately = new AtomicReferenceArray<>(SLOTS);

    private final Vault vault;
    private final String phoneRegion;
    private volatile Blocked blocked = Blocked.NOTHING;

    /** @param ids in their order: looked up for every identifier of every event */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Blocked(Set<String> texts, long[] ids) {
        private static final Blocked NOTHING = new Blocked(Set.of(), new long[0]);

        boolean has(String value) {
            return !texts.isEmpty() && texts.contains(bare(value));
        }

        boolean has(Identifier identifier) {
            return Arrays.binarySearch(ids, identifier.id().value()) >= 0;
        }
    }

    private record Found(Identifier.Type type, String value, Optional<Identifier> found) {
        @Override
        public String toString() {
            return "Found[secret]";
        }
    }

    Identifiers(Vault vault, IntakeSettings settings) {
        this.vault = vault;
        this.phoneRegion = settings.phoneRegion();
        if (!phoneRegion.equals(NO_REGION)
                && !PhoneNumberUtil.getInstance().getSupportedRegions().contains(phoneRegion))
            throw new IllegalArgumentException(
                    "rekindle.collect.phone-region is '%s'; it must be a two-letter country code such as DE or CN"
                            .formatted(phoneRegion));
    }

    /** From now on these values stand for nobody either, whatever their case and their spelling. */
    public void block(Collection<String> values) {
        blocked = new Blocked(
                values.stream().map(Identifiers::bare).collect(Collectors.toUnmodifiableSet()),
                namedBy(values).stream().mapToLong(CustomerId::value).sorted().toArray());
    }

    /** What these values are, of whatever type. Digits among letters are no telephone number: an address may be of them. */
    public Set<CustomerId> namedBy(Collection<String> values) {
        var ids = new HashSet<CustomerId>();
        for (var value : values)
            for (var type : Identifier.Type.values())
                if (type != Identifier.Type.PHONE || value.codePoints().noneMatch(Character::isLetter))
                    unblocked(type, value).ifPresent(one -> ids.add(one.id()));
        return ids;
    }

    /** The identifier; empty when the value is blocked or is no value of this type. */
    public Optional<Identifier> of(Identifier.Type type, String value) {
        var none = blocked;
        return none.has(value) ? Optional.empty() : unblocked(type, value).filter(one -> !none.has(one));
    }

    private static String bare(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }

    /** The identifier as if the rules blocked nothing. */
    public Optional<Identifier> unblocked(Identifier.Type type, String value) {
        int slot = (value.hashCode() ^ type.code().hashCode()) & (SLOTS - 1);
        var last = lately.get(slot);
        if (last != null && last.type() == type && last.value().equals(value)) return last.found();
        var found = found(type, value);
        if (found.isPresent()) lately.setPlain(slot, new Found(type, value, found));
        return found;
    }

    private Optional<Identifier> found(Identifier.Type type, String value) {
        if (value.isBlank() || value.length() > LONGEST) return Optional.empty();
        return switch (type) {
            case USER_ID, WECHAT_UNIONID, WECHAT_OPENID, MEMBERSHIP_CARD, CUSTOM, DEVICE_ID, ANONYMOUS_ID ->
                Identifier.of(vault, type, value);
            case EMAIL -> isAddress(value.strip()) ? Identifier.of(vault, type, value) : Optional.empty();
            case PHONE -> {
                var number = withCountry(value.strip());
                yield number.length() < SHORTEST_PHONE ? Optional.empty() : Identifier.of(vault, type, number);
            }
        };
    }

    /** A telephone number as it is dialled from anywhere, {@code +49301234567}; empty when the value is none. */
    public Optional<String> dialled(String value) {
        var number = Identifier.normalised(Identifier.Type.PHONE, withCountry(value.strip()));
        try {
            var phones = PhoneNumberUtil.getInstance();
            return number.startsWith("+") && phones.isPossibleNumber(phones.parse(number, NO_REGION))
                    ? Optional.of(number)
                    : Optional.empty();
        } catch (NumberParseException noNumber) {
            return Optional.empty();
        }
    }

    /** What a text is by its form, whatever it serves as. */
    public enum Form {
        /** Nothing that is known: a number of the shop's own. */
        OTHER,
        MAIL_ADDRESS,
        PHONE,
        /** An identity card's or a social security number. */
        DOCUMENT
    }

    /**
     * By its form: a phone number is one with its country, one of the country of the settings (of a mobile phone), or one
     * written as numbers are in several countries.
     */
    public Form formOf(String value) {
        var text = value.strip();
        if (text.contains("@")) return Form.MAIL_ADDRESS;
        if (DOCUMENT.matcher(text).matches()
                && (!GB_11643.matcher(text).matches() || PersonalText.isIn(text, PersonalText.Kind.IDENTIFIER)))
            return Form.DOCUMENT;
        boolean inFull = PHONE_IN_FULL.matcher(text).matches()
                && (PersonalText.isIn(text, PersonalText.Kind.REFERENCE) || isMobile(text));
        return inFull || TRUNK.matcher(text).matches() ? Form.PHONE : Form.OTHER;
    }

    private boolean isMobile(String number) {
        if (phoneRegion.equals(NO_REGION)) return false;
        var phones = PhoneNumberUtil.getInstance();
        try {
            var parsed = phones.parse(number, phoneRegion);
            if (!phones.isValidNumber(parsed)) return false;
            var type = phones.getNumberType(parsed);
            return type == PhoneNumberUtil.PhoneNumberType.MOBILE
                    || type == PhoneNumberUtil.PhoneNumberType.FIXED_LINE_OR_MOBILE;
        } catch (NumberParseException noNumberThere) {
            return false;
        }
    }

    private static boolean isAddress(String text) {
        int at = text.lastIndexOf('@');
        return at > 0 && at < text.length() - 1;
    }

    private String withCountry(String number) {
        if (phoneRegion.equals(NO_REGION) || number.startsWith("+") || number.startsWith("00")) return number;
        try {
            var phones = PhoneNumberUtil.getInstance();
            return phones.format(phones.parse(number, phoneRegion), PhoneNumberUtil.PhoneNumberFormat.E164);
        } catch (NumberParseException noNumberThere) {
            return number;
        }
    }
}
