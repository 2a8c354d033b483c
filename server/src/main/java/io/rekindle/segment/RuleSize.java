package io.rekindle.segment;

import io.rekindle.platform.Problem;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How large rules are with the segments they name: conditions are counted once for each segment, depth along the
 * deepest way through them. Each segment is looked at once, however many ways lead to it.
 */
final class RuleSize {
    static final int MOST_CONDITIONS = 300;
    static final int MOST_DEPTH = 20;

    /** A segment named at a place of a rule. */
    record Reference(String place, long segmentId, int depth) {}

    /** The rule by itself: its conditions, the depth of its deepest one, and the segments it names. */
    private record Own(int conditions, int depth, List<Reference> references) {}

    /**
     * Why a rule is too large.
     *
     * @param place of the segment that brings most; empty when the rule is too large by itself
     */
    record TooLarge(String place, String message) {}

    private final LongFunction<Rule> rules;
    private final LongFunction<String> names;
    private final Map<Long, Own> owns = new HashMap<>();
    private final Map<Long, Integer> depths = new HashMap<>();
    private final Map<Long, Set<Long>> reached = new HashMap<>();
    private final Set<Long> open = new LinkedHashSet<>();

    /**
     * @param rules gives a segment's rule
     * @param names gives a segment's name, for words such as {@code segment 5 'Loyal'}
     */
    RuleSize(LongFunction<Rule> rules, LongFunction<String> names) {
        this.rules = rules;
        this.names = names;
    }

    /** Refuses a rule that is too large with what it names. */
    void check(Rule rule) {
        tooLarge(rule).ifPresent(fault -> {
            throw Problem.unprocessable(
                    "segment_rule_invalid",
                    "the rule is too large: " + fault.message(),
                    List.of(new Problem.Fault(fault.place(), "rule_too_large", "{words}")
                            .with("words", fault.message())));
        });
    }

    Optional<TooLarge> tooLarge(Rule rule) {
        var own = own(rule);
        int depth = Math.max(
                own.depth(),
                own.references().stream().mapToInt(this::depthAt).max().orElse(0));
        if (depth > MOST_DEPTH) {
            var deepest = own.references().stream().max((a, b) -> Integer.compare(depthAt(a), depthAt(b)));
            return Optional.of(blame(
                    deepest,
                    "is nested %d deep".formatted(depth),
                    "%d deep is the most, the segments it names included".formatted(MOST_DEPTH)));
        }
        var segments = new HashSet<Long>();
        own.references().forEach(reference -> segments.addAll(reached(reference.segmentId())));
        int conditions = own.conditions()
                + segments.stream().mapToInt(id -> own(id).conditions()).sum();
        if (conditions > MOST_CONDITIONS) {
            var largest = own.references().stream().max((a, b) -> Integer.compare(brought(a), brought(b)));
            return Optional.of(blame(
                    largest,
                    "has %d conditions".formatted(conditions),
                    "%d is the most, the segments it names included, each counted once".formatted(MOST_CONDITIONS)));
        }
        return Optional.empty();
    }

    private TooLarge blame(Optional<Reference> reference, String is, String most) {
        return reference
                .map(named -> new TooLarge(
                        named.place(),
                        "with segment %d '%s', which brings %d conditions and is %d deep, the rule %s; %s"
                                .formatted(
                                        named.segmentId(),
                                        names.apply(named.segmentId()),
                                        brought(named),
                                        depth(named.segmentId()),
                                        is,
                                        most)))
                .orElseGet(() -> new TooLarge("", "the rule %s; %s".formatted(is, most)));
    }

    /** The segments a rule leads to through any number of others. */
    Set<Long> reachedFrom(Rule rule) {
        var all = new HashSet<Long>();
        own(rule).references().forEach(reference -> all.addAll(reached(reference.segmentId())));
        return all;
    }

    /** How often each segment is named by the rule and the segments it leads to, each of these looked at once. */
    Map<Long, Integer> mentions(Rule rule) {
        var mentions = new HashMap<Long, Integer>();
        Consumer<Own> count =
                own -> own.references().forEach(reference -> mentions.merge(reference.segmentId(), 1, Integer::sum));
        count.accept(own(rule));
        reachedFrom(rule).forEach(id -> count.accept(own(id)));
        return mentions;
    }

    private int brought(Reference reference) {
        return reached(reference.segmentId()).stream()
                .mapToInt(id -> own(id).conditions())
                .sum();
    }

    /** The named segment's rule stands where its name stood. */
    private int depthAt(Reference reference) {
        return reference.depth() - 1 + depth(reference.segmentId());
    }

    private int depth(long segment) {
        var known = depths.get(segment);
        if (known != null) return known;
        var own = own(segment);
        if (!open.add(segment))
            throw new IllegalStateException("segment %d refers to itself through %s".formatted(segment, open));
        int depth = Math.max(
                own.depth(),
                own.references().stream().mapToInt(this::depthAt).max().orElse(0));
        open.remove(segment);
        depths.put(segment, depth);
        return depth;
    }

    private Set<Long> reached(long segment) {
        var known = reached.get(segment);
        if (known != null) return known;
        var all = new HashSet<Long>();
        var ahead = new ArrayDeque<>(Set.of(segment));
        for (var next = ahead.poll(); next != null; next = ahead.poll())
            if (all.add(next)) own(next.longValue()).references().forEach(named -> ahead.add(named.segmentId()));
        reached.put(segment, all);
        return all;
    }

    private Own own(long segment) {
        return owns.computeIfAbsent(segment, id -> own(rules.apply(id)));
    }

    private static Own own(Rule rule) {
        return own(rule, "", 1);
    }

    private static Own own(Rule rule, String place, int depth) {
        return switch (rule) {
            case Rule.All(var parts) -> group(parts, RuleJson.at(place, "all"), depth);
            case Rule.Any(var parts) -> group(parts, RuleJson.at(place, "any"), depth);
            case Rule.Not(var inner) -> own(inner, RuleJson.at(place, "not"), depth + 1);
            case Rule.InSegment(var id) ->
                new Own(1, depth, List.of(new Reference(RuleJson.at(place, "segment"), id, depth)));
            case Rule.Event event -> new Own(1 + event.where().size(), depth, List.of());
            case Rule.Trait trait -> new Own(1, depth, List.of());
            case Rule.Tag tag -> new Own(1, depth, List.of());
            case Rule.Orders orders -> new Own(1, depth, List.of());
            case Rule.Tier tier -> new Own(1, depth, List.of());
            case Rule.Group group -> new Own(1, depth, List.of());
            case Rule.Stage stage -> new Own(1, depth, List.of());
            case Rule.Score score -> new Own(1, depth, List.of());
            case Rule.Message message -> new Own(1, depth, List.of());
        };
    }

    private static Own group(List<Rule> parts, String place, int depth) {
        return IntStream.range(0, parts.size())
                .mapToObj(i -> own(parts.get(i), place + "[" + i + "]", depth + 1))
                .reduce(
                        new Own(0, depth, List.of()),
                        (a, b) -> new Own(
                                a.conditions() + b.conditions(),
                                Math.max(a.depth(), b.depth()),
                                Stream.concat(a.references().stream(), b.references().stream())
                                        .toList()));
    }
}
