package io.rekindle.collect;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Vault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
        /** Of a person over all programs of one company on WeChat. */
        WECHAT_UNIONID("wechat_unionid"),
        /** Of a person in one program on WeChat. */
        WECHAT_OPENID("wechat_openid"),
        MEMBERSHIP_CARD("membership_card"),
        /** Of a system of the company's own; its value begins with the name of its kind: {@code till:4711}. */
        CUSTOM("custom"),
        DEVICE_ID("device_id"),
        ANONYMOUS_ID("anonymous_id");

        private final String code;

        Type(String code) {
            this.code = code;
        }

        /** As stored and shown. */
        public String code() {
            return code;
        }

        /** Whether it is somebody's own and not a device's or a browser's. */
        public boolean isPersonal() {
            return this != DEVICE_ID && this != ANONYMOUS_ID;
        }

        /** The type a trait of this name holds, or a kind of external id; null when it holds none. */
        public static @Nullable Type named(String name) {
            return NAMED.get(name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT));
        }
    }

    private static final Map<String, Type> NAMED = Map.ofEntries(
            Map.entry("userid", Type.USER_ID),
            Map.entry("email", Type.EMAIL),
            Map.entry("phone", Type.PHONE),
            Map.entry("unionid", Type.WECHAT_UNIONID),
            Map.entry("wechatunionid", Type.WECHAT_UNIONID),
            Map.entry("openid", Type.WECHAT_OPENID),
            Map.entry("wechatopenid", Type.WECHAT_OPENID),
            Map.entry("membershipcard", Type.MEMBERSHIP_CARD),
            Map.entry("membercard", Type.MEMBERSHIP_CARD),
            Map.entry("loyaltycard", Type.MEMBERSHIP_CARD),
            Map.entry("会员卡号", Type.MEMBERSHIP_CARD),
            Map.entry("deviceid", Type.DEVICE_ID));

    /** Providers that take what follows a plus for the same mailbox. */
    private static final Set<String> PLUS_IS_A_NOTE = Set.of(
            "gmail.com",
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "icloud.com",
            "me.com",
            "mac.com",
            "proton.me",
            "protonmail.com",
            "fastmail.com");

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

    /** What a spreadsheet writes, in lower case, where a formula failed. */
    public static final Set<String> SPREADSHEET_FAILURES = Set.of(
            "#n/a",
            "#ref!",
            "#value!",
            "#name?",
            "#div/0!",
            "#null!",
            "#num!",
            "#getting_data",
            "#spill!",
            "#calc!",
            "#field!",
            "#blocked!",
            "#connect!",
            "#busy!",
            "#unknown!",
            "#external!",
            "#error!");

    private static final int LONGEST_BLOCKED = Stream.of(BLOCKED, SPREADSHEET_FAILURES)
            .flatMap(Set::stream)
            .mapToInt(String::length)
            .max()
            .orElseThrow();

    /** The identifiers an event of the history carried, as its column {@code aliases} has them; strongest first. */
    public static List<Identifier> ofLog(String aliases, CustomerId customer) {
        var found = new ArrayList<Identifier>(3);
        for (var part : aliases.split(" ")) {
            int colon = part.indexOf(':');
            var code = colon < 0 ? part : part.substring(0, colon);
            var type = BY_CODE.get(code);
            if (type == null) throw new IllegalStateException("the log holds an unknown type of identifier: " + code);
            found.add(new Identifier(
                    type, colon < 0 ? customer : new CustomerId(Long.parseLong(part.substring(colon + 1)))));
        }
        return found;
    }

    private static final Map<String, Type> BY_CODE =
            Arrays.stream(Type.values()).collect(Collectors.toMap(Type::code, Function.identity()));

    /** The identifier a value stands for, from intake, import and search alike; empty when the value is blocked. */
    public static Optional<Identifier> of(Vault vault, Type type, String value) {
        var normal = normalised(type, value);
        if (isZeros(normal) || isBlocked(value.strip())) return Optional.empty();
        return Optional.of(new Identifier(type, new CustomerId(vault.keyedHash(type.code(), normal))));
    }

    private static boolean isBlocked(String value) {
        if (value.length() > LONGEST_BLOCKED) return false;
        var bare = value.toLowerCase(Locale.ROOT);
        return BLOCKED.contains(bare) || SPREADSHEET_FAILURES.contains(bare);
    }

    /** Looked at for every identifier of every event: a pattern took longer than all else but the hash. */
    private static boolean isZeros(String value) {
        for (int i = 0; i < value.length(); i++) if ("+0-".indexOf(value.charAt(i)) < 0) return false;
        return true;
    }

    /**
     * The form in which two spellings of one identifier are the same: e-mail in lower case and as its provider reads it
     * (Gmail looks at no dots, several at nothing behind a plus), an international phone number in E.164, a national one by
     * its digits, a membership card without blanks and hyphens, everything else without outer blanks.
     */
    public static String normalised(Type type, String value) {
        var stripped = value.strip();
        return switch (type) {
            case EMAIL -> mailbox(stripped.toLowerCase(Locale.ROOT));
            case PHONE -> phone(stripped);
            case MEMBERSHIP_CARD -> stripped.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
            case DEVICE_ID -> stripped.toLowerCase(Locale.ROOT);
            case USER_ID, WECHAT_UNIONID, WECHAT_OPENID, CUSTOM, ANONYMOUS_ID -> stripped;
        };
    }

    private static String mailbox(String address) {
        int at = address.lastIndexOf('@');
        if (at < 1) return address;
        var user = address.substring(0, at);
        var domain = address.substring(at + 1);
        if (domain.equals("googlemail.com")) domain = "gmail.com";
        if (!PLUS_IS_A_NOTE.contains(domain)) return address;
        int plus = user.indexOf('+');
        if (plus > 0) user = user.substring(0, plus);
        if (domain.equals("gmail.com")) user = user.replace(".", "");
        return user.isEmpty() ? address : user + "@" + domain;
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
