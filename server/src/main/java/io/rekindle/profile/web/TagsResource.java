package io.rekindle.profile.web;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import io.rekindle.profile.Tag;
import io.rekindle.profile.TagContent;
import io.rekindle.profile.TagForm;
import io.rekindle.profile.TagRun;
import io.rekindle.profile.TagType;
import io.rekindle.profile.Tags;
import io.rekindle.profile.Wording;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The catalogue of tags, and tags set by hand. */
@RestController
@RequestMapping("/api")
class TagsResource {
    private static final List<String> KINDS = List.of("rule", "statistic", "model", "manual", "imported");

    private static final Map<String, Identifier.Type> TYPES =
            Arrays.stream(Identifier.Type.values()).collect(Collectors.toMap(Identifier.Type::code, type -> type));

    private final Tags tags;

    TagsResource(Tags tags) {
        this.tags = tags;
    }

    /**
     * A definition; what a kind does not have is null.
     *
     * @param kind {@code rule} (cases, otherwise), {@code statistic} (sql, parameters), {@code model} (output, bands),
     *     {@code manual} or {@code imported}
     */
    record TagDefinition(
            @Nullable Wording name,
            @Nullable Wording description,
            @Nullable String category,
            @Nullable String owner,
            @Nullable TagType type,
            TagForm.@Nullable Population population,
            @Nullable Integer refreshDays,
            @Nullable Boolean complete,
            @Nullable Boolean exclusive,
            @Nullable String exclusiveGroup,
            @Nullable String kind,
            @Nullable List<TagContent.Case> cases,
            @Nullable String otherwise,
            @Nullable String sql,
            @Nullable Map<String, JsonNode> parameters,
            @Nullable String output,
            @Nullable List<TagContent.Band> bands) {

        static TagDefinition of(TagForm form) {
            var content = form.content();
            var rule = content instanceof TagContent.ByRule by ? by : null;
            var statistic = content instanceof TagContent.ByStatistic by ? by : null;
            var model = content instanceof TagContent.ByModel by ? by : null;
            return new TagDefinition(
                    form.name(),
                    form.description(),
                    form.category(),
                    form.owner(),
                    form.type(),
                    form.population(),
                    form.refreshDays(),
                    form.complete(),
                    form.exclusive(),
                    form.exclusiveGroup(),
                    content.kind(),
                    rule == null ? null : rule.cases(),
                    rule == null ? null : rule.otherwise(),
                    statistic == null ? null : statistic.sql(),
                    statistic == null ? null : statistic.parameters(),
                    model == null ? null : model.output(),
                    model == null ? null : model.bands());
        }

        TagForm form() {
            var faults = new ArrayList<Fault>();
            var missing = new ArrayList<String>();
            if (name == null) missing.add("name");
            if (description == null) missing.add("description");
            if (owner == null) missing.add("owner");
            if (type == null) missing.add("type");
            if (kind == null) missing.add("kind");
            if ("rule".equals(kind) && (cases == null || cases.isEmpty())) missing.add("cases");
            if ("statistic".equals(kind) && sql == null) missing.add("sql");
            if ("model".equals(kind) && output == null) missing.add("output");
            for (var field : missing)
                faults.add(new Fault(field, "tag_field_missing", "'{field}' is missing").with("field", field));
            if (!faults.isEmpty()
                    || name == null
                    || description == null
                    || owner == null
                    || type == null
                    || kind == null)
                throw Problem.unprocessable("tag_invalid", "the tag lacks " + String.join(", ", missing), faults);
            Problem.requireOneOf("kind", kind, KINDS);
            return new TagForm(
                    name,
                    description,
                    category == null ? "other" : category,
                    owner,
                    type,
                    population == null ? TagForm.Population.EVERYONE : population,
                    refreshDays == null ? 1 : refreshDays,
                    complete != null && complete,
                    exclusive != null && exclusive,
                    exclusiveGroup,
                    content(kind));
        }

        private TagContent content(String known) {
            return switch (known) {
                case "rule" -> new TagContent.ByRule(cases == null ? List.of() : cases, otherwise);
                case "statistic" ->
                    new TagContent.ByStatistic(sql == null ? "" : sql, parameters == null ? Map.of() : parameters);
                case "model" -> new TagContent.ByModel(output == null ? "" : output, bands == null ? List.of() : bands);
                case "manual" -> new TagContent.ByHand();
                default -> new TagContent.ByImport();
            };
        }
    }

    record NewTag(@Nullable String key, @Nullable TagDefinition definition) {}

    record TagAnswer(
            String key,
            int version,
            @Nullable Integer approvedVersion,
            TagDefinition definition,
            boolean shipped,
            Instant createdAt,
            Instant changedAt,
            String changedBy,
            @Nullable Instant approvedAt,
            @Nullable String approvedBy,
            boolean retired,
            List<String> lineage,
            List<String> users,
            @Nullable TagRun run,
            long overlapping,
            List<Tag.Health> health) {
        static TagAnswer of(Tag tag) {
            return new TagAnswer(
                    tag.key(),
                    tag.version(),
                    tag.approvedVersion(),
                    TagDefinition.of(tag.form()),
                    tag.shipped(),
                    tag.createdAt(),
                    tag.changedAt(),
                    tag.changedBy(),
                    tag.approvedAt(),
                    tag.approvedBy(),
                    tag.retired(),
                    tag.lineage(),
                    tag.users(),
                    tag.run(),
                    tag.overlapping(),
                    tag.health());
        }
    }

    /** @param inForce whether it is worked out and asked */
    record TagVersion(
            int version,
            boolean inForce,
            TagDefinition definition,
            Instant changedAt,
            String changedBy,
            @Nullable Instant approvedAt,
            @Nullable String approvedBy) {
        static TagVersion of(Tags.Version one) {
            return new TagVersion(
                    one.version(),
                    one.inForce(),
                    TagDefinition.of(one.form()),
                    one.changedAt(),
                    one.changedBy(),
                    one.approvedAt(),
                    one.approvedBy());
        }
    }

    /** @param version the one that was looked at */
    record Approval(@Nullable Integer version) {}

    record TagRefresh(@Nullable List<String> tags) {}

    record TagPreview(long population, long covered, long outside, long several, List<TagRun.Count> values) {}

    record ModelOutput(String name, Wording label, TagType type) {}

    record SetTag(@Nullable String value) {}

    /**
     * A value for one customer; without a value the tag is taken away.
     *
     * @param customerId the customer, or
     * @param type with {@code id}: an identifier of the customer, e.g. {@code email}
     */
    record TagAssignment(
            @Nullable CustomerId customerId,
            @Nullable String type,
            @Nullable String id,
            @Nullable String value) {
        Tags.Addressed addressed() {
            return new Tags.Addressed(customerId, type == null ? null : TYPES.get(type), id, value);
        }
    }

    /** @param batch an id of the sender's own: what was sent once under it changes nothing a second time */
    record TagAssignments(@Nullable String batch, @Nullable List<TagAssignment> assignments) {}

    /** @param changed for how many customers the tag is another now */
    record TagsAssigned(int given, int changed) {}

    /** @param search looks through keys, names, descriptions, categories and owners */
    @GetMapping("/tags")
    @PreAuthorize("hasRole('VIEWER')")
    Page<TagAnswer> list(@RequestParam(required = false) @Nullable String search) {
        return new Page<>(tags.list(search).stream().map(TagAnswer::of).toList(), null);
    }

    /** What models say that a tag may be made of. */
    @GetMapping("/tags/models")
    @PreAuthorize("hasRole('VIEWER')")
    Page<ModelOutput> models() {
        return new Page<>(
                tags.models().stream()
                        .map(one -> new ModelOutput(one.name(), one.label(), one.type()))
                        .toList(),
                null);
    }

    @GetMapping("/tags/{key}")
    @PreAuthorize("hasRole('VIEWER')")
    TagAnswer get(@PathVariable String key) {
        return TagAnswer.of(tags.get(key));
    }

    /** Every definition of the tag, newest first; the one in force says so. */
    @GetMapping("/tags/{key}/versions")
    @PreAuthorize("hasRole('VIEWER')")
    Page<TagVersion> versions(@PathVariable String key) {
        return new Page<>(tags.versions(key).stream().map(TagVersion::of).toList(), null);
    }

    @PostMapping("/tags")
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    TagAnswer create(@RequestBody NewTag request) {
        if (request.key() == null || request.definition() == null)
            throw Problem.invalid("tag_key_invalid", "send {\"key\":…,\"definition\":{…}}");
        return TagAnswer.of(tags.create(request.key(), request.definition().form()));
    }

    /** A new version, which waits for approval. */
    @PutMapping("/tags/{key}")
    @PreAuthorize("hasRole('PLANNER')")
    TagAnswer change(@PathVariable String key, @RequestBody TagDefinition definition) {
        return TagAnswer.of(tags.change(key, definition.form()));
    }

    @PostMapping("/tags/{key}/approve")
    @PreAuthorize("hasRole('APPROVER')")
    TagAnswer approve(@PathVariable String key, @RequestBody Approval approval) {
        if (approval.version() == null)
            throw Problem.invalid("tag_version_missing", "say which version is approved: {\"version\":1}");
        return TagAnswer.of(tags.approve(key, approval.version()));
    }

    @PostMapping("/tags/{key}/retire")
    @PreAuthorize("hasRole('PLANNER')")
    TagAnswer retire(@PathVariable String key) {
        return TagAnswer.of(tags.retire(key));
    }

    /** What a definition would give now; nothing is kept. */
    @PostMapping("/tags/preview")
    @PreAuthorize("hasRole('ANALYST')")
    TagPreview preview(@RequestBody TagDefinition definition) {
        var preview = tags.preview(definition.form());
        return new TagPreview(
                preview.population(), preview.covered(), preview.outside(), preview.several(), preview.values());
    }

    /** Works tags out now instead of tomorrow morning; all when none is named. */
    @PostMapping("/tags/refresh")
    @PreAuthorize("hasRole('PLANNER')")
    Page<TagAnswer> refresh(@RequestBody TagRefresh request) {
        tags.refresh(request.tags() == null ? List.of() : request.tags());
        return list(null);
    }

    /**
     * Gives an imported tag to up to 10,000 customers, or to none when one of them is at fault. Problems: tag_values_invalid
     * with every fault at its place, tag_batch_other, tag_not_imported, tag_not_live.
     */
    @PostMapping("/tags/{key}/assignments")
    @PreAuthorize("hasRole('PLANNER')")
    TagsAssigned assign(@PathVariable String key, @RequestBody TagAssignments request) {
        var batch = request.batch();
        var given = request.assignments();
        if (batch == null || given == null)
            throw Problem.invalid("tag_assignments_incomplete", "send {\"batch\":…,\"assignments\":[{…}]}");
        return new TagsAssigned(
                given.size(),
                tags.assignAll(key, given.stream().map(TagAssignment::addressed).toList(), batch));
    }

    @PutMapping("/customers/{id}/tags/{key}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    void set(@PathVariable CustomerId id, @PathVariable String key, @RequestBody SetTag request) {
        if (request.value() == null) throw Problem.invalid("tag_value_missing", "send {\"value\":…}");
        tags.set(id, key, request.value());
    }

    @DeleteMapping("/customers/{id}/tags/{key}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    void take(@PathVariable CustomerId id, @PathVariable String key) {
        tags.set(id, key, null);
    }
}
