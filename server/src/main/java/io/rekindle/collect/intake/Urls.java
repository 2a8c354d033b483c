package io.rekindle.collect.intake;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Takes the personal parameters out of an address of a page, and leaves the rest as it is. */
final class Urls {
    /** Ids under which advertisers and mailers know a person again, keys that open something, and what was searched for. */
    private static final Set<String> NEVER = Set.of(
            "gclid",
            "gclsrc",
            "dclid",
            "gbraid",
            "wbraid",
            "fbclid",
            "msclkid",
            "ttclid",
            "twclid",
            "yclid",
            "igshid",
            "lifatid",
            "mceid",
            "hsenc",
            "mkttok",
            "veroid",
            "ecid",
            "rdtcid",
            "scclid",
            "epik",
            "token",
            "accesstoken",
            "idtoken",
            "refreshtoken",
            "auth",
            "authorization",
            "apikey",
            "session",
            "sessionid",
            "sid",
            "jsessionid",
            "phpsessid",
            "pwd",
            "pass",
            "q",
            "kw",
            "wd",
            "keyword",
            "keywords",
            "name",
            "user",
            "login");

    private Urls() {}

    /** Whether it can be an address with parameters: no spaces, and something after a question mark or a hash. */
    static boolean mayHaveParameters(String text) {
        if (text.indexOf('?') < 0 && text.indexOf('#') < 0) return false;
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) <= ' ') return false;
        return true;
    }

    static String withoutPersonalParameters(String url, PersonalFields fields) {
        int hash = url.indexOf('#');
        var fragment = hash < 0 ? "" : url.substring(hash + 1);
        var rest = hash < 0 ? url : url.substring(0, hash);
        int mark = rest.indexOf('?');
        if (mark >= 0) {
            var kept = kept(rest.substring(mark + 1), fields);
            rest = rest.substring(0, mark) + (kept.isEmpty() ? "" : "?" + kept);
        }
        // A page that finds its way by the hash has parameters there: #/basket?email=… or #access_token=…
        if (!fragment.isEmpty()) {
            int inner = fragment.indexOf('?');
            var head = inner < 0 ? "" : fragment.substring(0, inner);
            var tail = inner < 0 ? fragment : fragment.substring(inner + 1);
            var kept = tail.indexOf('=') < 0 ? tail : kept(tail, fields);
            fragment = inner < 0 ? kept : head + (kept.isEmpty() ? "" : "?" + kept);
            if (PersonalText.isIn(decoded(fragment), PersonalText.Kind.FREE)) fragment = "";
        }
        return fragment.isEmpty() ? rest : rest + "#" + fragment;
    }

    private static String kept(String query, PersonalFields fields) {
        var kept = new StringBuilder(query.length());
        int from = 0;
        while (from <= query.length()) {
            int to = query.indexOf('&', from);
            if (to < 0) to = query.length();
            var parameter = query.substring(from, to);
            if (!parameter.isEmpty() && !isPersonal(parameter, fields))
                kept.append(kept.isEmpty() ? "" : "&").append(parameter);
            from = to + 1;
        }
        return kept.toString();
    }

    private static boolean isPersonal(String parameter, PersonalFields fields) {
        int equals = parameter.indexOf('=');
        var name = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
        var value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
        // What a campaign calls itself stays, whatever its name is like, unless there is somebody in it.
        var kind = fields.judge(name).kind();
        if (name.toLowerCase(Locale.ROOT).startsWith("utm_")) return PersonalText.isIn(value, PersonalText.Kind.FREE);
        return NEVER.contains(PersonalFields.normal(name))
                || fields.contains(name, true)
                || PersonalText.isIn(value, kind);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
