package io.rekindle.evaluate;

import io.rekindle.evaluate.CampaignResult.NotMeasurable;
import io.rekindle.evaluate.CampaignResult.Obstacle;
import io.rekindle.evaluate.Outcomes.Figures;
import io.rekindle.models.experiment.Lift;
import io.rekindle.segment.Words;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands in the way of a result, and what it would take, in both languages. */
final class Obstacles {
    private Obstacles() {}

    /**
     * What is first in the way; empty when nothing is.
     *
     * @param headline the comparison that decides
     */
    static Optional<NotMeasurable> of(
            Lift headline, CampaignResult.@Nullable SampleCheck check, long sent, Figures figures) {
        long treated = figures.treatment().customers();
        long heldOut = figures.holdout().customers();
        if (sent == 0)
            return Optional.of(new NotMeasurable(
                    Obstacle.NOTHING_SENT,
                    treated,
                    heldOut,
                    null,
                    new Words("no message was sent, so there is nothing to measure", "没有发出任何消息，因此没有可测量的效果"),
                    new Words(
                            "a campaign whose messages go out: see the reasons of its decisions and messages",
                            "消息能真正发出的活动：请查看决策和消息未发出的原因")));
        if (check != null && !check.ok())
            return Optional.of(new NotMeasurable(
                    Obstacle.ARM_SIZES,
                    treated,
                    heldOut,
                    null,
                    new Words(
                            String.format(
                                    Locale.ROOT,
                                    "the arms do not have the sizes they were drawn for (%,d held out where %,.0f were expected, p = %.2g)",
                                    check.observedHoldout(),
                                    check.expectedHoldout(),
                                    check.p()),
                            String.format(
                                    Locale.ROOT,
                                    "两组人数与抽取比例不符（对照组 %,d 人，应约为 %,.0f 人，p = %.2g）",
                                    check.observedHoldout(),
                                    check.expectedHoldout(),
                                    check.p())),
                    new Words(
                            "finding out what lost customers of one arm; until then no difference can be trusted",
                            "先查明其中一组客户缺失的原因；在此之前任何差异都不可信")));
        return switch (headline) {
            case Lift.Measured measured -> Optional.empty();
            case Lift.NotMeasurable lift -> Optional.of(of(lift, figures));
        };
    }

    private static NotMeasurable of(Lift.NotMeasurable lift, Figures figures) {
        long treated = figures.treatment().customers();
        long heldOut = figures.holdout().customers();
        Long needed = lift.neededInSmallerArm().isPresent()
                ? Long.valueOf(lift.neededInSmallerArm().getAsLong())
                : null;
        return switch (lift.reason()) {
            case TOO_FEW_CUSTOMERS ->
                new NotMeasurable(
                        Obstacle.TOO_FEW_CUSTOMERS,
                        treated,
                        heldOut,
                        needed,
                        new Words(
                                lift.because(),
                                String.format(Locale.ROOT, "触达组有 %,d 位客户，对照组有 %,d 位客户", treated, heldOut)),
                        new Words(lift.whatItWouldTake(), "每组至少 2 位客户；要看出值得关注的差异需要多少客户，见活动预测中的检验效能"));
            case TOO_FEW_CONVERSIONS -> {
                long converted =
                        figures.treatment().converted() + figures.holdout().converted();
                yield new NotMeasurable(
                        Obstacle.TOO_FEW_CONVERSIONS,
                        treated,
                        heldOut,
                        needed,
                        new Words(
                                lift.because(),
                                String.format(
                                        Locale.ROOT,
                                        "两组 %,d 位客户中共有 %,d 位购买，对较小的一组（%,d 位客户）而言，购买或未购买的预期人数不足 5",
                                        treated + heldOut,
                                        converted,
                                        Math.min(treated, heldOut))),
                        more(lift, needed, "既有购买也有未购买的客户可供比较：延长观察时间，或选择更常发生的结果"));
            }
            case TOO_FEW_AMOUNTS ->
                new NotMeasurable(
                        Obstacle.TOO_FEW_AMOUNTS,
                        treated,
                        heldOut,
                        needed,
                        new Words(
                                lift.because(),
                                String.format(
                                        Locale.ROOT,
                                        "对较小的一组（%,d 位客户）而言，按通常大小折算的预期购买笔数不足 5",
                                        Math.min(treated, heldOut))),
                        more(lift, needed, "更多购买：延长观察时间，或选择更常发生的结果"));
            case NO_VARIATION ->
                new NotMeasurable(
                        Obstacle.NO_VARIATION,
                        treated,
                        heldOut,
                        needed,
                        new Words(lift.because(), "其中一组所有客户的结果都相同"),
                        new Words(lift.whatItWouldTake(), "两组中都有结果不同的客户：延长观察时间，或选择更常发生的结果"));
            case DENOMINATOR_NEAR_ZERO ->
                throw new IllegalStateException("results compare rates and means, no ratios: " + lift.because());
        };
    }

    /** What it would take: so many customers in the smaller arm, or, where no number would do, something else. */
    private static Words more(Lift.NotMeasurable lift, @Nullable Long needed, String otherwise) {
        return new Words(
                lift.whatItWouldTake(),
                needed == null ? otherwise : String.format(Locale.ROOT, "较小的一组至少有 %,d 位客户", needed));
    }
}
