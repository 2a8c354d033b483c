package io.rekindle.plan.content;

/** What a value needs before it may stand in a text. */
public enum Escape {
    /** Plain text: as it is. */
    NONE {
        @Override
        String apply(String value) {
            return value;
        }
    },
    /** One line, as a mail header needs it: line breaks become spaces. */
    ONE_LINE {
        @Override
        String apply(String value) {
            return value.replaceAll("\\R", " ");
        }
    },
    HTML {
        @Override
        String apply(String value) {
            var safe = new StringBuilder(value.length() + 16);
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '&' -> safe.append("&amp;");
                    case '<' -> safe.append("&lt;");
                    case '>' -> safe.append("&gt;");
                    case '"' -> safe.append("&quot;");
                    case '\'' -> safe.append("&#39;");
                    default -> safe.append(c);
                }
            }
            return safe.toString();
        }
    };

    abstract String apply(String value);
}
