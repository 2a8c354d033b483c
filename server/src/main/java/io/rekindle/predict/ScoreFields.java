package io.rekindle.predict;

import io.rekindle.segment.Field;
import io.rekindle.segment.FieldSource;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Scores for rules to ask. */
@Component
@Order(2)
class ScoreFields implements FieldSource {
    @Override
    public List<Field> fields() {
        return Arrays.stream(Score.values())
                .map(score -> new Field("score." + score.code(), Field.Type.NUMBER, score.label(), List.of()))
                .toList();
    }
}
