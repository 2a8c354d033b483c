package io.rekindle.plan.content;

import io.rekindle.platform.Problem.Fault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import liqp.filters.Filters;

/**
 * Goes through the text of a template before Liquid does: finds every output, so that its value can be escaped and
 * missed at a known place, and refuses the tags that are not allowed here. An output {@code {{ x | upcase }}} becomes
 * {@code {{ x | upcase | rekindle_output: 4 }}}, where 4 is its place in {@link #outputs}: Liquid itself offers no hook
 * that sees the value of an output and not the text around it.
 */
final class OutputMarks {
    static final String FILTER = "rekindle_output";
    /** What reads files, what writes text past the outputs, and what keeps state is left out. */
    private static final Set<String> TAGS = Set.of(
            "if",
            "elsif",
            "else",
            "endif",
            "unless",
            "endunless",
            "case",
            "when",
            "endcase",
            "for",
            "endfor",
            "break",
            "continue",
            "assign",
            "comment",
            "endcomment",
            "raw",
            "endraw");

    private static final Pattern TAG_NAME = Pattern.compile("\\s*-?\\s*([A-Za-z_]\\w*)");
    private static final Pattern HAS_DEFAULT = Pattern.compile("\\|\\s*default\\s*:");

    private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"[^\"]*\"");
    private static final Pattern FILTER_NAME = Pattern.compile("\\|\\s*([A-Za-z_]\\w*)");

    private static final Pattern VARIABLE = Pattern.compile("(?<![\\w.\\]])[A-Za-z_]\\w*");
    private static final Pattern ASSIGNED =
            Pattern.compile("\\s*-?\\s*assign\\s+([A-Za-z_]\\w*)\\s*=(.*)", Pattern.DOTALL);
    private static final Set<String> BLOCKS = Set.of("if", "unless", "case", "for");

    /**
     * One output as the author wrote it.
     *
     * @param mayBeEmpty it has a {@code default}: it is never missing
     * @param reads the values it reads, by the first part of their path, also through {@code assign}
     * @param asks the values that decide whether it is reached
     */
    record Output(int line, String expression, boolean mayBeEmpty, Set<String> reads, Set<String> asks) {
        /** Whether it has no text without this value. */
        boolean needs(String value) {
            return !mayBeEmpty && reads.contains(value) && !asks.contains(value);
        }
    }

    private final String part;
    private final String source;
    private final StringBuilder marked = new StringBuilder();
    private final List<Output> outputs = new ArrayList<>();
    private final List<TemplateFault> faults = new ArrayList<>();
    private final Deque<Set<String>> blocks = new ArrayDeque<>();
    private final Map<String, Set<String>> assigned = new HashMap<>();

    OutputMarks(String part, String source) {
        this.part = part;
        this.source = source;
        int at = 0;
        while (at < source.length()) {
            int next = nextOpening(at);
            marked.append(source, at, next);
            if (next == source.length()) break;
            at = source.charAt(next + 1) == '{' ? output(next) : tag(next);
        }
    }

    String marked() {
        return marked.toString();
    }

    List<Output> outputs() {
        return outputs;
    }

    List<TemplateFault> faults() {
        return faults;
    }

    private int nextOpening(int from) {
        for (int i = from; i + 1 < source.length(); i++)
            if (source.charAt(i) == '{' && (source.charAt(i + 1) == '{' || source.charAt(i + 1) == '%')) return i;
        return source.length();
    }

    private int output(int open) {
        int close = closing(open + 2, "}}");
        if (close < 0) return wrong(open, new Fault("", "output_not_closed", "{{ is not closed by }}"));
        var inside = source.substring(open + 2, close);
        boolean dashBefore = inside.startsWith("-");
        boolean dashAfter = inside.endsWith("-") && inside.length() > 1;
        var expression = inside.substring(dashBefore ? 1 : 0, inside.length() - (dashAfter ? 1 : 0));
        var shown = expression.strip();
        if (shown.isEmpty()) wrong(open, new Fault("", "output_empty", "{{ }} names no value"));
        if (shown.contains(FILTER))
            wrong(
                    open,
                    new Fault("", "filter_not_for_templates", "the filter {filter} is not for templates")
                            .with("filter", FILTER));
        checkFilters(open, expression);
        marked.append(dashBefore ? "{{-" : "{{")
                .append(expression)
                .append(" | ")
                .append(FILTER)
                .append(": ")
                .append(outputs.size())
                .append(dashAfter ? " -}}" : " }}");
        outputs.add(new Output(line(open), shown, hasDefault(shown), reads(shown), asked()));
        return close + 2;
    }

    private int tag(int open) {
        int close = closing(open + 2, "%}");
        if (close < 0) return wrong(open, new Fault("", "tag_not_closed", "{% is not closed by %}"));
        var name = TAG_NAME.matcher(source).region(open + 2, close);
        if (!name.lookingAt()) {
            wrong(open, new Fault("", "tag_without_name", "a tag needs a name"));
        } else if (!TAGS.contains(name.group(1))) {
            wrong(
                    open,
                    new Fault("", "tag_not_allowed", "the tag '{tag}' is not allowed in a template")
                            .with("tag", name.group(1)));
        } else if (name.group(1).equals("raw") || name.group(1).equals("comment")) {
            var end = Pattern.compile("\\{%-?\\s*end" + name.group(1) + "\\s*-?%}")
                    .matcher(source);
            if (!end.find(close))
                return wrong(
                        open,
                        new Fault("", "block_not_closed", "{% {tag} %} is not closed").with("tag", name.group(1)));
            marked.append(source, open, end.end());
            return end.end();
        } else {
            follow(name.group(1), source.substring(open + 2, close));
        }
        checkFilters(open, source.substring(open + 2, close));
        marked.append(source, open, close + 2);
        return close + 2;
    }

    /** Keeps which values decide what is reached from here on, and which ones names stand for. */
    private void follow(String tag, String inside) {
        if (BLOCKS.contains(tag)) blocks.push(new HashSet<>(reads(inside)));
        else if (tag.startsWith("end")) blocks.poll();
        else if ((tag.equals("elsif") || tag.equals("when")) && blocks.peek() != null)
            blocks.element().addAll(reads(inside));
        var assignment = ASSIGNED.matcher(inside);
        if (!assignment.matches()) return;
        var values = hasDefault(assignment.group(2)) ? Set.<String>of() : reads(assignment.group(2));
        var read = new HashSet<>(values);
        read.removeAll(asked());
        // In a branch, what the name stood for before may still hold.
        if (!blocks.isEmpty()) read.addAll(assigned.getOrDefault(assignment.group(1), Set.of()));
        assigned.put(assignment.group(1), read);
    }

    private Set<String> asked() {
        var all = new HashSet<String>();
        blocks.forEach(all::addAll);
        return all;
    }

    private static boolean hasDefault(String expression) {
        return HAS_DEFAULT.matcher(expression).find();
    }

    /** The values an expression reads; names of tags and filters among them do no harm. */
    private Set<String> reads(String expression) {
        var read = new HashSet<String>();
        var names = VARIABLE.matcher(QUOTED.matcher(expression).replaceAll("''"));
        while (names.find()) {
            var value = assigned.get(names.group());
            if (value == null) read.add(names.group());
            else read.addAll(value);
        }
        return read;
    }

    /** The library finds out only when an output is reached, which may be after the mail was approved. */
    private void checkFilters(int open, String expression) {
        var names = FILTER_NAME.matcher(QUOTED.matcher(expression).replaceAll("''"));
        while (names.find())
            if (!Filters.DEFAULT_FILTERS.getMap().containsKey(names.group(1)))
                wrong(
                        open,
                        new Fault("", "filter_unknown", "there is no filter '{filter}'")
                                .with("filter", names.group(1)));
    }

    /** Answers the end of the source, for what cannot be read on. */
    private int wrong(int open, Fault what) {
        faults.add(new TemplateFault(part, line(open), what));
        return source.length();
    }

    /** Where {@code end} stands outside quotes; -1 when nowhere. */
    private int closing(int from, String end) {
        char quote = 0;
        for (int i = from; i < source.length(); i++) {
            char c = source.charAt(i);
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (source.startsWith(end, i)) {
                return i;
            }
        }
        return -1;
    }

    private int line(int position) {
        return 1
                + (int) source.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }
}
