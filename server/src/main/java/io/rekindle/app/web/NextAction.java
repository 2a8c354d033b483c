package io.rekindle.app.web;

import io.rekindle.analyse.Analysis;
import io.rekindle.consent.Refusal;
import io.rekindle.predict.Prediction;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a customer next. So far by a rule alone: what each life-cycle stage asks for, if the customer may be
 * written to for marketing; no model of responses says more yet.
 *
 * @param action {@code leave_alone, ask_permission, ask_address, first_purchase, second_purchase, keep, wake, win_back}
 * @param basis what it was chosen by: {@code rule}
 * @param stage the stage it follows from
 * @param expectedValue what the customer is expected to spend in the coming year, what is at stake; null: not known
 */
record NextAction(
        String action, String basis, String stage, @Nullable Double expectedValue) {

    /**
     * Empty when the customer has no stage yet.
     *
     * @param against what stands against a marketing mail now; a contact budget that is used up passes
     */
    static @Nullable NextAction of(
            Analysis.@Nullable StageNow stage, List<Prediction.ScoreNow> scores, Set<Refusal> against) {
        if (stage == null) return null;
        var action = against.contains(Refusal.SUPPRESSED)
                ? "leave_alone"
                : against.contains(Refusal.NO_CONSENT)
                        ? "ask_permission"
                        : against.contains(Refusal.NO_ADDRESS) ? "ask_address" : ofStage(stage.stage());
        var value = scores.stream()
                .filter(score -> score.name().equals("expected_value"))
                .findFirst()
                .map(Prediction.ScoreNow::value)
                .orElse(null);
        return new NextAction(action, "rule", stage.stage(), value);
    }

    private static String ofStage(String stage) {
        return switch (stage) {
            case "prospect" -> "first_purchase";
            case "new" -> "second_purchase";
            case "growing", "mature" -> "keep";
            case "cooling" -> "wake";
            default -> "win_back";
        };
    }
}
