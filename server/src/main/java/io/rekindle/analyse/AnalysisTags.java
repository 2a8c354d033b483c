package io.rekindle.analyse;

import io.rekindle.profile.TagModels;
import io.rekindle.profile.TagType;
import io.rekindle.profile.Wording;
import io.rekindle.warehouse.Sql;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** What the analysis says of each customer, for tags. */
@Component
@Order(1)
class AnalysisTags implements TagModels {
    @Override
    public List<Output> outputs() {
        return List.of(
                new Output(
                        "tier",
                        new Wording("value tier", "价值分层"),
                        TagType.TEXT,
                        Sql.of("select customer_id, tier as value from tiers_now where tier <> 'none'")),
                new Output(
                        "value_group",
                        new Wording("value group", "价值分组"),
                        TagType.TEXT,
                        Sql.of("select customer_id, value_group as value from tiers_now where tier <> 'none'")),
                new Output(
                        "stage",
                        new Wording("life-cycle stage", "生命周期阶段"),
                        TagType.TEXT,
                        Sql.of("select customer_id, stage as value from stages_now")));
    }
}
