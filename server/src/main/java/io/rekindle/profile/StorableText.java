package io.rekindle.profile;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Text as PostgreSQL can hold it. It refuses NUL and halves of surrogate pairs, both of which JSON may carry; one such
 * value must not stop a tail, so they become the replacement character.
 */
final class StorableText {
    private static final char REPLACEMENT = '\uFFFD';

    private StorableText() {}

    static String of(String text, int longest) {
        var clean = of(text);
        return clean.length() <= longest ? clean : of(clean.substring(0, longest));
    }

    static JsonNode of(JsonNode value) {
        if (value.isString()) {
            var text = value.stringValue();
            var clean = of(text);
            return clean.equals(text) ? value : JsonNodeFactory.instance.stringNode(clean);
        }
        if (value instanceof ArrayNode list) {
            var copy = JsonNodeFactory.instance.arrayNode(list.size());
            for (var item : list) copy.add(of(item));
            return copy;
        }
        if (value.isObject()) {
            var copy = JsonNodeFactory.instance.objectNode();
            value.properties().forEach(p -> copy.set(of(p.getKey()), of(p.getValue())));
            return copy;
        }
        return value;
    }

    private static String of(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                if (clean == null) clean = new StringBuilder(text);
                clean.setCharAt(i, REPLACEMENT);
            }
        }
        return clean == null ? text : clean.toString();
    }
}
