package io.rekindle.collect.intake;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Which fields are personal. A name on the list counts at any depth, whatever its case and with or without underscores
 * and hyphens; one that ends in {@code *} counts for every name that begins so; one that begins with {@code traits.}
 * counts only directly among a person's traits ({@code name} is a person's there, a product's elsewhere). Whatever the
 * field, a text that looks like an e-mail address is personal.
 */
final class PersonalFields {
    private static final List<String> DEFAULT = List.of(
            "email",
            "emailaddress",
            "mail",
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "telephone",
            "firstname",
            "lastname",
            "middlename",
            "fullname",
            "surname",
            "username",
            "nickname",
            "displayname",
            "realname",
            "traits.name",
            "traits.title",
            "traits.description",
            "address*",
            "street*",
            "postalcode",
            "postcode",
            "zip",
            "zipcode",
            "ip",
            "ipaddress",
            "latitude",
            "longitude",
            "lat",
            "lng",
            "lon",
            "useragent",
            "deviceid",
            "advertisingid",
            "idfa",
            "idfv",
            "message",
            "comment",
            "comments",
            "note",
            "notes",
            "review",
            "reviewtext",
            "reviewbody",
            "feedback",
            "freetext",
            "body",
            "avatar",
            "photo",
            "passport",
            "idcard",
            "ssn",
            "iban",
            "cardnumber",
            "wechat",
            "openid",
            "unionid");
    private static final int MOST_REMEMBERED = 20_000;
    private static final Pattern SEPARATORS = Pattern.compile("[_\\- ]");

    private final Set<String> anywhere = new HashSet<>();
    private final Set<String> amongTraits = new HashSet<>();
    private final List<String> beginnings = new ArrayList<>();
    /** Clients use few names; judging one takes longer than looking it up. Bounded, for a client may use many. */
    private final ConcurrentHashMap<String, Judgement> remembered = new ConcurrentHashMap<>();

    private enum Judgement {
        PERSONAL,
        AMONG_TRAITS,
        NOT
    }

    PersonalFields(List<String> more) {
        for (var list : List.of(DEFAULT, more))
            for (var entry : list) {
                var name = normal(entry);
                if (name.endsWith("*")) beginnings.add(name.substring(0, name.length() - 1));
                else if (name.startsWith("traits.")) amongTraits.add(name.substring("traits.".length()));
                else anywhere.add(name);
            }
    }

    boolean contains(String name, boolean isTrait) {
        var judgement = remembered.get(name);
        if (judgement == null) {
            judgement = judge(normal(name));
            if (remembered.size() < MOST_REMEMBERED) remembered.put(name, judgement);
        }
        return switch (judgement) {
            case PERSONAL -> true;
            case AMONG_TRAITS -> isTrait;
            case NOT -> false;
        };
    }

    private Judgement judge(String name) {
        if (anywhere.contains(name) || beginnings.stream().anyMatch(name::startsWith)) return Judgement.PERSONAL;
        return amongTraits.contains(name) ? Judgement.AMONG_TRAITS : Judgement.NOT;
    }

    private static String normal(String name) {
        return SEPARATORS.matcher(name).replaceAll("").toLowerCase(Locale.ROOT);
    }
}
