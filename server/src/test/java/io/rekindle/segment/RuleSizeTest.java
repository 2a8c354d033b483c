package io.rekindle.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleSizeTest {
    private static final Rule TIER = new Rule.Tier(List.of("high"));

    private final Map<Long, Rule> segments = new HashMap<>();
    private final RuleSize sizes = new RuleSize(segments::get, id -> "S" + id);

    @Test
    void aSegmentsConditionsCountOnceHoweverOftenItIsNamed() {
        segments.put(1L, new Rule.All(Collections.nCopies(199, TIER)));
        segments.put(2L, new Rule.Any(List.of(new Rule.InSegment(1), new Rule.InSegment(1))));
        // 199 of the first, 2 of the second, and what names them.
        assertThat(sizes.tooLarge(new Rule.Any(Collections.nCopies(99, new Rule.InSegment(2)))))
                .isEmpty();
        assertThat(sizes.tooLarge(new Rule.Any(Collections.nCopies(100, new Rule.InSegment(2)))))
                .hasValueSatisfying(fault -> {
                    assertThat(fault.place()).startsWith("any[").endsWith("].segment");
                    assertThat(fault.message())
                            .isEqualTo("with segment 2 'S2', which brings 201 conditions and is 3 deep, the rule has"
                                    + " 301 conditions; 300 is the most, the segments it names included,"
                                    + " each counted once");
                });
    }

    @Test
    void aChainOfSegmentsIsAsDeepAsAllOfThem() {
        segments.put(0L, TIER);
        for (long id = 1; id <= 18; id++)
            segments.put(
                    id, new Rule.All(List.of(new Rule.InSegment(id - 1), new Rule.Not(new Rule.InSegment(id - 1)))));
        assertThat(sizes.tooLarge(new Rule.InSegment(9))).isEmpty();
        assertThat(sizes.tooLarge(new Rule.Not(new Rule.Not(new Rule.InSegment(9)))))
                .hasValueSatisfying(fault -> {
                    assertThat(fault.place()).isEqualTo("not.not.segment");
                    assertThat(fault.message()).contains("segment 9 'S9'", "nested 21 deep; 20 deep is the most");
                });
        assertThatThrownBy(() -> RuleSql.compile(
                        new Rule.InSegment(18),
                        Instant.parse("2026-03-01T09:00:00Z"),
                        ZoneId.of("UTC"),
                        new RuleSql.History(false, false),
                        segments::get))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(RuleJson.INVALID))
                .hasMessageContaining("segment 18")
                .hasMessageContaining("37 deep");
    }

    @Test
    void conditionsOnPropertiesCount() {
        var where = new Rule.Property("colour", new ValueTest.Exists());
        var event = new Rule.Event(
                "Product Viewed",
                java.util.Optional.of(Range.atLeast(1)),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                Collections.nCopies(300, where));
        assertThat(sizes.tooLarge(event))
                .hasValueSatisfying(fault -> assertThat(fault.message()).startsWith("the rule has 301 conditions"));
    }
}
