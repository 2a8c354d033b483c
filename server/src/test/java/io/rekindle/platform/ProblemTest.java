package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.Problem.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void valuesStandInTheDetailAndTravelByTheirNames() {
        var problem = Problem.conflict(
                        "campaign_not_changeable", "campaign {id} is {state}; send {\"name\":…} elsewhere")
                .with("id", 7)
                .with("state", "approved");
        assertThat(problem.detail()).isEqualTo("campaign 7 is approved; send {\"name\":…} elsewhere");
        var body = ProblemBody.of(problem);
        assertThat(body.getStatus()).isEqualTo(409);
        assertThat(body.getProperties())
                .containsEntry("code", "campaign_not_changeable")
                .containsEntry("parameters", java.util.Map.of("id", "7", "state", "approved"))
                .doesNotContainKey("errors");
    }

    @Test
    void aFaultNamesItsValuesTooAndAListIsToldWithCommas() {
        var fault = new Fault("tier", "not_one_of", "'{given}' is none of {known}")
                .with("given", "{known}")
                .with("known", List.of("high", "low"));
        assertThat(fault.parameters()).containsExactlyEntriesOf(sorted("given", "{known}", "known", "high, low"));
        assertThat(fault.place()).isEqualTo("tier");
    }

    @Test
    void whatAnotherProblemSaysCanBeAFaultOfAPlace() {
        var gone =
                Problem.notFound("segment_unknown", "there is no segment {id}").with("id", 3);
        assertThat(Fault.of("segmentId", gone))
                .isEqualTo(new Fault("segmentId", "segment_unknown", "there is no segment 3", sorted("id", "3")));
    }

    private static java.util.Map<String, String> sorted(String... pairs) {
        var map = new java.util.LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
        return map;
    }
}
