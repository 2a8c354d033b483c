package io.rekindle.analyse;

import io.rekindle.models.rhythm.LifecycleStage;
import io.rekindle.models.value.ValueGroup;
import io.rekindle.models.value.ValueTier;
import io.rekindle.segment.Field;
import io.rekindle.segment.FieldSource;
import io.rekindle.segment.Words;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Tiers, groups and stages for rules to ask. */
@Component
@Order(1)
class AnalysisFields implements FieldSource {
    @Override
    public List<Field> fields() {
        return List.of(
                new Field(
                        "tier",
                        Field.Type.CHOICE,
                        new Words("value tier", "价值分层"),
                        Arrays.stream(ValueTier.values())
                                .map(tier -> new Field.Value(Analysis.word(tier), words(tier)))
                                .toList()),
                new Field(
                        "group",
                        Field.Type.CHOICE,
                        new Words("value group", "价值分组"),
                        Arrays.stream(ValueGroup.values())
                                .map(group -> new Field.Value(Analysis.word(group), words(group)))
                                .toList()),
                new Field(
                        "stage",
                        Field.Type.CHOICE,
                        new Words("life-cycle stage", "生命周期阶段"),
                        Arrays.stream(LifecycleStage.values())
                                .map(stage -> new Field.Value(Analysis.word(stage), words(stage)))
                                .toList()));
    }

    private static Words words(ValueTier tier) {
        return switch (tier) {
            case HIGH -> new Words("high", "高价值");
            case MIDDLE -> new Words("middle", "中价值");
            case LOW -> new Words("low", "低价值");
        };
    }

    private static Words words(ValueGroup group) {
        return switch (group) {
            case CHAMPIONS -> new Words("champions", "核心客户");
            case BIG_SPENDERS_AT_RISK -> new Words("big spenders at risk", "高消费流失风险");
            case LOYAL_AT_RISK -> new Words("loyal customers at risk", "忠诚客户流失风险");
            case PROMISING_NEWCOMERS -> new Words("promising newcomers", "潜力新客");
            case NEWCOMERS -> new Words("newcomers", "新客");
            case LOYAL -> new Words("loyal customers", "忠诚客户");
            case BIG_SPENDERS -> new Words("big spenders", "高消费客户");
            case ACTIVE -> new Words("active customers", "活跃客户");
            case NEEDS_ATTENTION -> new Words("customers who need attention", "需要关注");
            case SLEEPING -> new Words("sleeping customers", "沉睡客户");
            case HIBERNATING -> new Words("hibernating customers", "休眠客户");
        };
    }

    private static Words words(LifecycleStage stage) {
        return switch (stage) {
            case PROSPECT -> new Words("prospect", "潜在客户");
            case NEW -> new Words("new", "新客期");
            case GROWING -> new Words("growing", "成长期");
            case MATURE -> new Words("mature", "成熟期");
            case COOLING -> new Words("cooling", "降温期");
            case LAPSING -> new Words("lapsing", "流失预警");
            case LOST -> new Words("lost", "已流失");
        };
    }
}
