package io.rekindle.segment.web;

import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import io.rekindle.segment.Field;
import io.rekindle.segment.Rule;
import io.rekindle.segment.RuleJson;
import io.rekindle.segment.Segment;
import io.rekindle.segment.SegmentSettings;
import io.rekindle.segment.Segments;
import io.rekindle.segment.Words;
import io.rekindle.warehouse.AdHocQueries;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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

/**
 * Segments. Codes: {@code segment_rule_invalid} (422, every fault with its place), {@code segment_unknown} (404),
 * {@code segment_name_invalid} (400), {@code segment_name_taken} and {@code segment_in_use} (409).
 */
@RestController
@RequestMapping("/api/segments")
class SegmentsResource {
    private final Segments segments;
    private final Warehouse warehouse;
    private final Profiles profiles;
    private final BusinessClock clock;
    private final SegmentSettings settings;
    private final AdHocQueries queries;

    SegmentsResource(
            Segments segments,
            Warehouse warehouse,
            AdHocQueries queries,
            Profiles profiles,
            BusinessClock clock,
            SegmentSettings settings) {
        this.queries = queries;
        this.segments = segments;
        this.warehouse = warehouse;
        this.profiles = profiles;
        this.clock = clock;
        this.settings = settings;
    }

    record SegmentRequest(@Nullable String name, @Nullable JsonNode rule) {}

    record SegmentAnswer(long id, String name, JsonNode rule, Words words, int version, Instant createdAt) {
        static SegmentAnswer of(Segment segment) {
            return new SegmentAnswer(
                    segment.id(),
                    segment.name(),
                    RuleJson.write(segment.rule()),
                    segment.words(),
                    segment.version(),
                    segment.createdAt());
        }
    }

    record PreviewRequest(@Nullable JsonNode rule) {}

    record SampleCustomer(
            CustomerId customerId,
            @Nullable String userId,
            @Nullable String name,
            @Nullable String tier,
            @Nullable String stage) {}

    /** @param warnings what is no fault and probably a mistake, with its place in the rule */
    record PreviewAnswer(
            long count, Words words, List<SampleCustomer> sample, List<Problem.Fault> warnings, long sqlMillis) {}

    record FieldAnswer(String path, String type, Words label, List<String> values, Map<String, Words> valueLabels) {
        static FieldAnswer of(Field field) {
            var labels = new java.util.LinkedHashMap<String, Words>();
            field.values().forEach(value -> labels.put(value.value(), value.label()));
            return new FieldAnswer(
                    field.path(),
                    field.type().name().toLowerCase(Locale.ROOT),
                    field.label(),
                    List.copyOf(labels.keySet()),
                    labels);
        }
    }

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<SegmentAnswer> list(
            @RequestParam(defaultValue = "") String cursor, @RequestParam(defaultValue = "50") int limit) {
        var page = segments.list(cursor, limit);
        return new Page<>(page.items().stream().map(SegmentAnswer::of).toList(), page.nextCursor());
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    SegmentAnswer get(@PathVariable long id) {
        return SegmentAnswer.of(segments.get(id));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    SegmentAnswer create(@RequestBody SegmentRequest request) {
        return SegmentAnswer.of(segments.create(name(request), rule(request.rule())));
    }

    @PutMapping("/{id}")
    @PreAuthorize("hasRole('PLANNER')")
    SegmentAnswer change(@PathVariable long id, @RequestBody SegmentRequest request) {
        return SegmentAnswer.of(segments.change(id, name(request), rule(request.rule())));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    void delete(@PathVariable long id) {
        segments.delete(id);
    }

    /** Who is in it now: how many, a few of them, the rule in words, and how long the statement took. */
    @PostMapping("/preview")
    @PreAuthorize("hasRole('ANALYST')")
    PreviewAnswer preview(@RequestBody PreviewRequest request) {
        var rule = segments.read(rule(request.rule()));
        return queries.answer(() -> preview(rule));
    }

    private PreviewAnswer preview(Rule rule) {
        var members = segments.members(rule, clock.instant());
        long from = System.nanoTime();
        var count = new long[1];
        var ids = new ArrayList<Long>();
        warehouse.stream(Sql.of("with members as (").then(members).then("""
                                ), sample as (select customer_id from members order by customer_id limit ?)
                                select (select count(*) from members) as n, customer_id
                                from sample order by customer_id
                                """, settings.previewSample()), row -> {
            count[0] = row.longValue("n");
            ids.add(row.longValue("customer_id"));
        });
        long millis = Duration.ofNanos(System.nanoTime() - from).toMillis();
        return new PreviewAnswer(count[0], segments.words(rule), sample(ids), segments.oddities(rule), millis);
    }

    private List<SampleCustomer> sample(List<Long> ids) {
        if (ids.isEmpty()) return List.of();
        var marks = "?, ".repeat(ids.size() - 1) + "?";
        var values = new ArrayList<@Nullable Object>(ids);
        values.addAll(ids);
        var tiers = new java.util.HashMap<Long, String>();
        var stages = new java.util.HashMap<Long, String>();
        warehouse.stream(
                new Sql(
                        "select customer_id, tier as word, true as is_tier from tiers_now where customer_id in ("
                                + marks
                                + ") union all select customer_id, stage, false from stages_now where customer_id in ("
                                + marks + ")",
                        values),
                row -> (row.booleanValue("is_tier") ? tiers : stages)
                        .put(row.longValue("customer_id"), row.text("word")));
        var known = profiles.summaries(ids.stream().map(CustomerId::new).toList(), Caller.current());
        return ids.stream()
                .map(id -> {
                    var summary = known.get(new CustomerId(id));
                    return new SampleCustomer(
                            new CustomerId(id),
                            summary == null ? null : summary.userId(),
                            summary == null ? null : summary.name(),
                            tiers.get(id),
                            stages.get(id));
                })
                .toList();
    }

    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = "application/schema+json", schema = @Schema(type = "object")))
    @GetMapping(path = "/schema", produces = "application/schema+json")
    @PreAuthorize("hasRole('VIEWER')")
    ResponseEntity<Resource> schema() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("application/schema+json"))
                .body(new ClassPathResource("segment/rule.schema.json"));
    }

    @GetMapping("/fields")
    @PreAuthorize("hasRole('VIEWER')")
    Page<FieldAnswer> fields() {
        return new Page<>(segments.fields().stream().map(FieldAnswer::of).toList(), null);
    }

    private static String name(SegmentRequest request) {
        if (request.name() == null)
            throw Problem.invalid("segment_name_invalid", "a segment needs a name: send {\"name\":…,\"rule\":…}");
        return request.name();
    }

    private static JsonNode rule(@Nullable JsonNode rule) {
        if (rule == null)
            throw Problem.unprocessable(
                    "segment_rule_invalid",
                    "the rule is missing",
                    List.of(new Problem.Fault("rule", "rule_missing", "send the rule as an object under 'rule'")));
        return rule;
    }
}
