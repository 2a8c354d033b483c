package io.rekindle.collect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How what is said about being written to is read, in events and in files alike: words for yes and no, names of channels,
 * topics and purposes, and the trait {@code consent}. A yes that cannot be read is no yes; a no that cannot be read is one
 * all the same, of as much as it may be about.
 */
public final class ConsentWords {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s_-]+");
    private static final Set<String> YES = Set.of(
            "true", "t", "1", "1.0", "yes", "y", "on", "opted_in", "subscribed", "granted", "是", "同意", "已订阅", "已同意");
    private static final Set<String> NO = Set.of(
            "false",
            "f",
            "0",
            "0.0",
            "no",
            "n",
            "off",
            "opted_out",
            "unsubscribed",
            "refused",
            "否",
            "不同意",
            "未订阅",
            "拒绝",
            "已退订");
    private static final String PATH = "traits.consent.";
    private static final String GRANTED = "granted";
    private static final String TOPICS = "topics";
    /** What shows that something was said, beside what was said. */
    private static final Set<String> EVIDENCE = Set.of("wording", "language", "source", "proof");

    private ConsentWords() {}

    /** Yes or no; null when it says neither. */
    public static @Nullable Boolean answer(String text) {
        var word = text.strip().toLowerCase(Locale.ROOT);
        if (YES.contains(word)) return true;
        return NO.contains(word) ? false : null;
    }

    private static @Nullable Boolean answer(JsonNode given) {
        if (given.isBoolean()) return given.booleanValue();
        return (given.isString() || given.isNumber()) ? answer(given.asString()) : null;
    }

    /** The name of a channel, a topic or a purpose, whatever its case and its hyphens; null when it is none. */
    public static @Nullable String name(String text) {
        var folded =
                BETWEEN_WORDS.matcher(text.strip().toLowerCase(Locale.ROOT)).replaceAll("_");
        if (folded.equals("e_mail")) return "email";
        return NAME.matcher(folded).matches() ? folded : null;
    }

    /**
     * One thing said by a trait.
     *
     * @param key under which it stands in the trait; empty: in the trait itself
     * @param channel null: every channel the same trait does not speak of otherwise; then it is a no
     * @param topic what it is about; empty: everything
     * @param isClear false: what stands there can be read neither as yes nor as no, and so is a no
     */
    public record Said(String key, @Nullable String channel, String topic, boolean granted, boolean isClear) {}

    /**
     * What the trait {@code consent} says: of each channel under its name yes or no, or an object of {@code granted} and
     * {@code topics}. Of a channel and topic at most one thing is said; of two spellings the no counts.
     */
    public static List<Said> said(JsonNode consent) {
        if (consent.isMissingNode()) return List.of();
        if (!consent.isObject()) {
            boolean says = !isEmptyList(consent) && !Boolean.TRUE.equals(answer(consent));
            return says ? List.of(new Said("", null, "", false, true)) : List.of();
        }
        var all = new Reading();
        all.objectOfGrantedAndTopics("", null, consent, false);
        for (var one : consent.properties()) {
            var key = one.getKey();
            if (EVIDENCE.contains(key) || key.equals(GRANTED) || key.equals(TOPICS)) continue;
            all.channel(key, name(key), one.getValue());
        }
        return List.copyOf(all.said.values());
    }

    /**
     * The trait as it came, missing when it did not: with what was put aside of it as personal, for a channel called
     * {@code email} has the name of an address.
     *
     * @param personal by path, e.g. {@code traits.consent.email}
     */
    public static JsonNode trait(JsonNode traits, Map<String, String> personal) {
        var inClear = traits.path("consent");
        if (!(inClear instanceof ObjectNode object)) return inClear;
        var whole = object.deepCopy();
        personal.forEach((path, value) -> {
            if (path.startsWith(PATH)) put(whole, path.substring(PATH.length()).split("[.]"), value);
        });
        return whole;
    }

    private static void put(ObjectNode into, String[] path, String value) {
        var node = into;
        for (int i = 0; i < path.length - 1; i++) {
            if (!(node.path(path[i]) instanceof ObjectNode object)) return;
            node = object;
        }
        var name = path[path.length - 1];
        // A name that is personal itself stands before the value.
        node.put(name, name.startsWith("[") ? value.substring(value.lastIndexOf('=') + 1) : value);
    }

    /** An empty map as PHP writes it. */
    private static boolean isEmptyList(JsonNode node) {
        return node.isArray() && node.isEmpty();
    }

    private static final class Reading {
        private record OfTopic(String topic, @Nullable Boolean answer) {}

        private record Of(@Nullable String channel, String topic) {}

        private final Map<Of, Said> said = new LinkedHashMap<>();

        void channel(String key, @Nullable String channel, JsonNode given) {
            if (given.isObject()) objectOfGrantedAndTopics(key, channel, given, true);
            else add(key, channel, "", answer(given));
        }

        /** @param mustSay whether an object that speaks neither of everything nor of topics cannot be read */
        void objectOfGrantedAndTopics(String key, @Nullable String channel, JsonNode given, boolean mustSay) {
            var topics = given.path(TOPICS);
            boolean hasTopics = topics.isObject() && !topics.isEmpty();
            boolean isUnreadable =
                    !topics.isMissingNode() && !topics.isNull() && !topics.isObject() && !isEmptyList(topics);
            boolean refusesWhoKnowsWhat = false;
            var ofTopics = new ArrayList<OfTopic>();
            for (var one : topics.properties()) {
                var topic = name(one.getKey());
                var answer = answer(one.getValue());
                if (topic != null) ofTopics.add(new OfTopic(topic, answer));
                else if (Boolean.FALSE.equals(answer)) refusesWhoKnowsWhat = true;
            }
            if (refusesWhoKnowsWhat) add(key, channel, "", false);
            else if (isUnreadable) add(key, channel, "", null);
            else if (given.has(GRANTED)) add(key, channel, "", answer(given.path(GRANTED)));
            else if (mustSay && !hasTopics) add(key, channel, "", null);
            for (var one : ofTopics) add(key, channel, one.topic(), one.answer());
        }

        /** Of a channel nobody can tell only a plain no counts: much else may stand beside what is said of channels. */
        private void add(String key, @Nullable String channel, String topic, @Nullable Boolean answer) {
            if (channel == null && !Boolean.FALSE.equals(answer)) return;
            said.merge(
                    new Of(channel, topic),
                    new Said(key, channel, topic, Boolean.TRUE.equals(answer), answer != null),
                    (one, other) -> !one.granted() && (one.isClear() || other.granted()) ? one : other);
        }
    }
}
