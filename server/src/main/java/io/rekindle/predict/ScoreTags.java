package io.rekindle.predict;

import io.rekindle.profile.TagModels;
import io.rekindle.profile.TagType;
import io.rekindle.profile.Wording;
import io.rekindle.warehouse.Sql;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** The scores, for tags; where a model can say nothing of a customer there is no value. */
@Component
@Order(2)
class ScoreTags implements TagModels {
    @Override
    public List<Output> outputs() {
        return Arrays.stream(Score.values())
                .map(score -> new Output(
                        "score." + score.code(),
                        new Wording(score.label().en(), score.label().zh()),
                        TagType.NUMBER,
                        Sql.of(
                                "select customer_id, value from scores_now where score = ? and isfinite(value)",
                                score.code())))
                .toList();
    }
}
