package io.rekindle.segment;

import io.rekindle.platform.Problem.Fault;
import io.rekindle.segment.Field.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names rules may use, with what people call them: of tiers, groups, stages, scores and campaigns; and, where the
 * history was read, of traits, with what their values were, and of events.
 */
public final class Vocabulary {
    private static final String CAMPAIGN = "message.campaignId";
    private static final String TAG = "tag.";

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
    private final @Nullable Map<String, Words> campaigns;
    private final Map<String, Field> tags;
    private final HistoryNames.@Nullable Names seen;
    private final Set<String> sealed;

    private Vocabulary(List<Field> fields, HistoryNames.@Nullable Names seen, Set<String> sealed) {
        this.tiers = choices(fields, "tier");
        this.groups = choices(fields, "group");
        this.stages = choices(fields, "stage");
        this.scores = new LinkedHashMap<>();
        for (var field : fields)
            if (field.path().startsWith("score.")) scores.put(field.path().substring("score.".length()), field.label());
        this.tags = new LinkedHashMap<>();
        for (var field : fields)
            if (field.path().startsWith(TAG)) tags.put(field.path().substring(TAG.length()), field);
        this.campaigns =
                fields.stream().anyMatch(field -> field.path().equals(CAMPAIGN)) ? choices(fields, CAMPAIGN) : null;
        this.seen = seen;
        this.sealed = sealed.stream().map(Vocabulary::spelling).collect(Collectors.toUnmodifiableSet());
    }

    /** What the fields given name; names of traits and events are taken as they come. */
    public static Vocabulary of(List<Field> fields) {
        return new Vocabulary(fields, null, Set.of());
    }

    /** @param sealed names of personal fields, which never enter the history */
    static Vocabulary of(List<Field> fields, HistoryNames.Names seen, Set<String> sealed) {
        return new Vocabulary(fields, seen, sealed);
    }

    /** Why a rule cannot ask a trait; empty when it can. */
    Optional<Fault> faultOfTrait(String trait) {
        if (seen == null || seen.traits().containsKey(trait)) return Optional.empty();
        if (sealed.contains(spelling(trait)))
            return Optional.of(new Fault(
                            "",
                            "trait_sealed",
                            "'{trait}' is personal data: it is sealed with the customer's key and never in the history, so no rule can ask it")
                    .with("trait", trait));
        if (!seen.complete()) return Optional.empty();
        return Optional.of(Nearest.to(trait, seen.traits().keySet())
                .map(near -> new Fault(
                                "",
                                "trait_misspelt",
                                "no customer has ever had a trait '{trait}'; did you mean '{near}'?")
                        .with("trait", trait)
                        .with("near", near))
                .orElseGet(() -> new Fault(
                                "",
                                "trait_unknown",
                                "no customer has ever had a trait '{trait}'"
                                        + listed(seen.traits().keySet()))
                        .with("trait", trait)));
    }

    /** Why the values of a trait cannot answer a question; empty when they can. */
    Optional<TraitSeen.Misfit> misfit(String trait, ValueTest test) {
        var values = seen == null ? null : seen.traits().get(trait);
        return values == null ? Optional.empty() : values.misfit(test);
    }

    /** Why a rule cannot ask for a tag; empty when it can. */
    Optional<Fault> faultOfTag(String tag) {
        if (tags.containsKey(tag)) return Optional.empty();
        return Optional.of(Nearest.to(tag, tags.keySet())
                .map(near -> new Fault("", "tag_misspelt", "there is no approved tag '{tag}'; did you mean '{near}'?")
                        .with("tag", tag)
                        .with("near", near))
                .orElseGet(
                        () -> new Fault("", "tag_not_there", "there is no approved tag '{tag}'" + listed(tags.keySet()))
                                .with("tag", tag)));
    }

    /** Why the values of a tag, whose type is known, cannot answer a question; empty when they can. */
    Optional<TraitSeen.Misfit> tagMisfit(String tag, ValueTest test) {
        var field = tags.get(tag);
        return field == null ? Optional.empty() : TraitSeen.of(field).misfit(test);
    }

    Words tag(String key) {
        var field = tags.get(key);
        return field == null ? new Words(key, key) : field.label();
    }

    /** What is odd about an event's name: it may yet come, so a rule may name it; empty when it was seen. */
    Optional<Fault> oddityOfEvent(String event) {
        if (seen == null || !seen.complete() || seen.events().containsKey(event)) return Optional.empty();
        return Optional.of(Nearest.to(event, seen.events().keySet())
                .map(near -> new Fault(
                                "", "event_misspelt", "no event '{event}' has come in yet; did you mean '{near}'?")
                        .with("event", event)
                        .with("near", near))
                .orElseGet(() -> new Fault(
                                "",
                                "event_unseen",
                                "no event '{event}' has come in yet"
                                        + listed(seen.events().keySet()))
                        .with("event", event)));
    }

    /** Why a rule cannot ask for a campaign; empty when it can. */
    Optional<Fault> faultOfCampaign(long id) {
        return campaigns == null || campaigns.containsKey(Long.toString(id))
                ? Optional.empty()
                : Optional.of(new Fault("", "campaign_not_found", "there is no campaign {id}").with("id", id));
    }

    private static String listed(Set<String> known) {
        return known.isEmpty() ? "" : "; GET /api/segments/fields lists what there is";
    }

    private static String spelling(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
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
