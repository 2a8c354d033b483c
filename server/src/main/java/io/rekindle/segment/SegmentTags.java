package io.rekindle.segment;

import io.rekindle.profile.TagRules;
import io.rekindle.profile.TagUse;
import io.rekindle.profile.Wording;
import io.rekindle.warehouse.Sql;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The rule language for tags, and which segments ask which tags. */
@Component
class SegmentTags implements TagRules, TagUse {
    private final Segments segments;

    SegmentTags(Segments segments) {
        this.segments = segments;
    }

    @Override
    public Read read(JsonNode rule) {
        return told(segments.read(rule));
    }

    @Override
    public Read stored(JsonNode rule) {
        return told(RuleJson.readStored(rule));
    }

    private Read told(Rule rule) {
        var words = segments.words(rule);
        return new Read(RuleJson.write(rule), new Wording(words.en(), words.zh()), List.copyOf(asks(rule)));
    }

    @Override
    public List<String> asksOf(long segment) {
        return segments.all().stream()
                .filter(one -> one.id() == segment)
                .flatMap(one -> asks(one.rule()).stream())
                .toList();
    }

    @Override
    public Sql members(JsonNode rule, Instant asOf) {
        return segments.members(RuleJson.readStored(rule), asOf);
    }

    @Override
    public Map<String, List<String>> users() {
        var users = new LinkedHashMap<String, List<String>>();
        for (var segment : segments.all())
            for (var asked : asks(segment.rule()))
                if (asked.startsWith("tag."))
                    users.computeIfAbsent(asked.substring("tag.".length()), k -> new ArrayList<>())
                            .add("segment %d '%s'".formatted(segment.id(), segment.name()));
        return users;
    }

    /** What a rule asks, by the paths of fields. */
    static Set<String> asks(Rule rule) {
        var asked = new LinkedHashSet<String>();
        collect(rule, asked);
        return asked;
    }

    private static void collect(Rule rule, Set<String> into) {
        switch (rule) {
            case Rule.All(var rules) -> rules.forEach(one -> collect(one, into));
            case Rule.Any(var rules) -> rules.forEach(one -> collect(one, into));
            case Rule.Not(var inner) -> collect(inner, into);
            case Rule.Trait(var trait, var test) -> into.add("trait." + trait);
            case Rule.Tag(var tag, var test) -> into.add("tag." + tag);
            case Rule.Event event -> into.add("event." + event.name());
            case Rule.Orders orders -> into.add("orders");
            case Rule.Tier tier -> into.add("tier");
            case Rule.Group group -> into.add("group");
            case Rule.Stage stage -> into.add("stage");
            case Rule.Score(var score, var range) -> into.add("score." + score);
            case Rule.Message message -> into.add("messages");
            case Rule.InSegment(var id) -> into.add("segment." + id);
        }
    }
}
