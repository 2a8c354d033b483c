package io.rekindle.segment;

import io.rekindle.segment.Field.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names rules may use for tiers, groups, stages and scores, with what people call them. */
public final class Vocabulary {
    /** States a message can be in. */
    static final Map<String, Words> MESSAGE_STATES = ordered(List.of(
            new Value("ready", new Words("ready", "待发送")),
            new Value("sending", new Words("sending", "发送中")),
            new Value("sent", new Words("sent", "已发送")),
            new Value("delivered", new Words("delivered", "已送达")),
            new Value("failed", new Words("failed", "失败")),
            new Value("in_doubt", new Words("in doubt", "存疑")),
            new Value("skipped", new Words("skipped", "已跳过")),
            new Value("deferred", new Words("deferred", "已推迟"))));

    private final Map<String, Words> tiers;
    private final Map<String, Words> groups;
    private final Map<String, Words> stages;
    private final Map<String, Words> scores;

    private Vocabulary(
            Map<String, Words> tiers, Map<String, Words> groups, Map<String, Words> stages, Map<String, Words> scores) {
        this.tiers = tiers;
        this.groups = groups;
        this.stages = stages;
        this.scores = scores;
    }

    /** What the fields given name. */
    public static Vocabulary of(List<Field> fields) {
        var scores = new LinkedHashMap<String, Words>();
        for (var field : fields)
            if (field.path().startsWith("score.")) scores.put(field.path().substring("score.".length()), field.label());
        return new Vocabulary(choices(fields, "tier"), choices(fields, "group"), choices(fields, "stage"), scores);
    }

    private static Map<String, Words> choices(List<Field> fields, String path) {
        return ordered(fields.stream()
                .filter(field -> field.path().equals(path))
                .flatMap(field -> field.values().stream())
                .toList());
    }

    private static Map<String, Words> ordered(List<Value> values) {
        var map = new LinkedHashMap<String, Words>();
        for (var value : values) map.put(value.value(), value.label());
        return map;
    }

    Set<String> tiers() {
        return tiers.keySet();
    }

    Set<String> groups() {
        return groups.keySet();
    }

    Set<String> stages() {
        return stages.keySet();
    }

    Set<String> scores() {
        return scores.keySet();
    }

    Words tier(String name) {
        return called(tiers, name);
    }

    Words group(String name) {
        return called(groups, name);
    }

    Words stage(String name) {
        return called(stages, name);
    }

    Words score(String name) {
        return called(scores, name);
    }

    static Words messageState(String name) {
        return called(MESSAGE_STATES, name);
    }

    /** A name that has gone out of use since the rule was written stands for itself. */
    private static Words called(Map<String, Words> names, String name) {
        return names.getOrDefault(name, new Words(name, name));
    }
}
