package io.rekindle.plan.content;

import io.rekindle.platform.Problem.Fault;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import liqp.Template;
import liqp.TemplateContext;
import liqp.TemplateParser;
import liqp.exceptions.LiquidException;
import liqp.filters.Filter;
import liqp.filters.Filters;
import liqp.parser.Flavor;
import org.jspecify.annotations.Nullable;

/**
 * One part of a message as a Liquid template. It can read the values it is given and nothing else: includes are
 * refused when it is parsed and once more when it is rendered, loops are bounded together, and no value or result grows
 * past a limit. (The library's own time limit leaves its thread running, so time is bounded by these counts instead.)
 */
public final class LiquidText {
    static final int MOST_SOURCE = 256 * 1024;
    static final int MOST_RENDERED = 512 * 1024;
    static final int MOST_ITERATIONS = 1_000;
    private static final int MOST_VALUE = 64 * 1024;
    private static final String CLOCK = "rekindle.clock";
    private static final String MISSING = "rekindle.missing";
    /** Filters whose result can be longer than what goes in: repeated, they would fill the memory. */
    private static final List<String> GROWING =
            List.of("append", "prepend", "replace", "replace_first", "join", "concat");

    private static final Pattern LIBRARY_PLACE = Pattern.compile("on line (\\d+)");

    private final String part;
    private final Escape escape;
    private final List<OutputMarks.Output> outputs;
    private final TemplateParser parser;
    private final Template template;

    private LiquidText(String part, Escape escape, OutputMarks marks) {
        this.part = part;
        this.escape = escape;
        this.outputs = List.copyOf(marks.outputs());
        var builder = new TemplateParser.Builder()
                .withFlavor(Flavor.LIQUID)
                .withErrorMode(TemplateParser.ErrorMode.STRICT)
                .withNameResolver(name -> {
                    throw new IOException("templates include nothing");
                })
                .withMaxIterations(MOST_ITERATIONS)
                .withMaxSizeRenderedString(MOST_RENDERED)
                .withFilter(new OutputFilter())
                .withFilter(new BusinessDate());
        for (var growing : GROWING)
            builder = builder.withFilter(new BoundedFilter(Filters.DEFAULT_FILTERS.get(growing)));
        parser = builder.build();
        template = parser.parse(marks.marked());
    }

    /**
     * Reads a template.
     *
     * @param part what it is a part of a message, named in faults: {@code subject}, {@code html}, {@code text}
     */
    public static LiquidText parse(String part, String source, Escape escape) throws TemplateSyntaxException {
        if (source.length() > MOST_SOURCE)
            throw new TemplateSyntaxException(List.of(new TemplateFault(
                    part,
                    1,
                    new Fault("", "part_too_long", "{length} characters are too many; a part has at most {most}")
                            .with("length", source.length())
                            .with("most", MOST_SOURCE))));
        var marks = new OutputMarks(part, source);
        if (!marks.faults().isEmpty()) throw new TemplateSyntaxException(marks.faults());
        try {
            return new LiquidText(part, escape, marks);
        } catch (LiquidException e) {
            throw new TemplateSyntaxException(
                    List.of(new TemplateFault(part, Math.max(1, e.line), syntax(firstWords(e)))));
        } catch (RuntimeException e) {
            var words = String.valueOf(e.getMessage());
            var place = LIBRARY_PLACE.matcher(words);
            throw new TemplateSyntaxException(List.of(
                    new TemplateFault(part, place.find() ? Integer.parseInt(place.group(1)) : 1, syntax(words))));
        }
    }

    /**
     * Puts the values in.
     *
     * @param values by dotted path, e.g. {@code customer.first_name}
     * @param now what {@code 'now' | date: …} shows: the business day, not this machine's
     * @param missing gets a fault for every output that was reached and had no value
     */
    public String render(Map<String, String> values, ZonedDateTime now, List<TemplateFault> missing) {
        var context = new TemplateContext(template, parser, nested(values));
        Map<String, ZonedDateTime> clock = context.getRegistry(CLOCK);
        clock.put(CLOCK, now);
        try {
            String rendered;
            // The library keeps the context it renders in a field of the template: two mails made at once would get
            // each
            // other's values.
            synchronized (template) {
                rendered = template.renderUnguarded(context);
            }
            Map<String, String> found = context.getRegistry(MISSING);
            found.keySet().stream().mapToInt(Integer::parseInt).sorted().forEach(index -> {
                var output = outputs.get(index);
                missing.add(new TemplateFault(part, output.line(), noValue(output)));
            });
            return rendered;
        } catch (RuntimeException e) {
            throw new TemplateLimitException(
                    part, "the %s of the template cannot be rendered: %s".formatted(part, e.getMessage()), e);
        }
    }

    private static Fault noValue(OutputMarks.Output output) {
        return new Fault("", "no_value", "{value}").with("value", output.expression());
    }

    private static Fault syntax(String words) {
        return new Fault("", "template_syntax", "{words}").with("words", words);
    }

    /** The places that have no text without a value, e.g. {@code offer}, whoever the message is for. */
    public List<TemplateFault> needing(String value) {
        return outputs.stream()
                .filter(output -> output.needs(value))
                .map(output -> new TemplateFault(part, output.line(), noValue(output)))
                .toList();
    }

    private static Map<String, Object> nested(Map<String, String> values) {
        var root = new LinkedHashMap<String, Object>();
        values.forEach((path, value) -> {
            int dot = path.indexOf('.');
            if (dot < 0) {
                root.put(path, value);
            } else {
                @SuppressWarnings("unchecked")
                var inner = (Map<String, Object>)
                        root.computeIfAbsent(path.substring(0, dot), key -> new HashMap<String, Object>());
                inner.put(path.substring(dot + 1), value);
            }
        });
        return root;
    }

    /** The library lists every token it would have taken; the first words say enough. */
    private static String firstWords(LiquidException e) {
        var words = String.valueOf(e.getMessage()).lines().findFirst().orElse("not understood");
        int quote = words.indexOf('"');
        if (quote >= 0) words = words.substring(quote + 1);
        int more = words.indexOf(" expecting {");
        if (more > 0) words = words.substring(0, more);
        int end = words.indexOf("\" on line");
        return end > 0 ? words.substring(0, end) : words;
    }

    /** The last filter of every output: notes a missing value, else escapes it. */
    private final class OutputFilter extends Filter {
        OutputFilter() {
            super(OutputMarks.FILTER);
        }

        @Override
        public Object apply(@Nullable Object value, TemplateContext context, Object... params) {
            int index = ((Number) params[0]).intValue();
            var text = value == null ? "" : asString(value, context);
            if (text.isEmpty() && !outputs.get(index).mayBeEmpty()) {
                Map<String, String> missing = context.getRegistry(MISSING);
                missing.put(Integer.toString(index), "");
            }
            return escape.apply(text);
        }
    }

    /** The library's own date filter reads this machine's clock for these two words. */
    private static final class BusinessDate extends Filter {
        private final Filter date = Filters.DEFAULT_FILTERS.get("date");

        BusinessDate() {
            super("date");
        }

        @Override
        public Object apply(@Nullable Object value, TemplateContext context, Object... params) {
            var words = value instanceof String text ? text.strip().toLowerCase(Locale.ROOT) : "";
            if (!words.equals("now") && !words.equals("today")) return date.apply(value, context, params);
            Map<String, ZonedDateTime> clock = context.getRegistry(CLOCK);
            return date.apply(clock.get(CLOCK), context, params);
        }
    }

    private static final class BoundedFilter extends Filter {
        private final Filter bounded;

        BoundedFilter(Filter bounded) {
            super(bounded.getName());
            this.bounded = bounded;
        }

        @Override
        public Object apply(@Nullable Object value, TemplateContext context, Object... params) {
            var result = bounded.apply(value, context, params);
            boolean tooLong = result instanceof String text && text.length() > MOST_VALUE;
            boolean tooMany = result instanceof Object[] array && array.length > MOST_ITERATIONS;
            if (tooLong || tooMany)
                throw new IllegalStateException("a value grew past the limit of %d characters".formatted(MOST_VALUE));
            return result;
        }
    }

    /** Every fault of several parts at once. */
    public static List<TemplateFault> faults(Map<String, String> parts) {
        var all = new ArrayList<TemplateFault>();
        parts.forEach((part, source) -> {
            try {
                parse(part, source, Escape.NONE);
            } catch (TemplateSyntaxException e) {
                all.addAll(e.faults());
            }
        });
        return all;
    }
}
