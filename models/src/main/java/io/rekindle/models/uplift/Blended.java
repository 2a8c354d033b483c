package io.rekindle.models.uplift;

import io.rekindle.models.table.Table;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;

/** The learners of a {@link Blend}, all learnt on the same rows. */
final class Blended {
    private final Blend blend;
    private final Map<BaseLearner, Effects> learnt = new EnumMap<>(BaseLearner.class);

    Blended(Trial trial, int[] rows, double[] probability, Blend blend, long seed) {
        this.blend = blend;
        for (var base : BaseLearner.values()) {
            var learners = EnumSet.noneOf(MetaLearner.class);
            for (var way : blend.slopes().keySet()) if (way.base() == base) learners.add(way.learner());
            if (!learners.isEmpty()) learnt.put(base, new Effects(trial, rows, probability, base, learners, seed));
        }
    }

    /** Predicted effects of rows of a table, not yet scaled. */
    double[] effects(Table table, int[] rows) {
        return blend.effects(way -> over(way.base()).effects(way.learner(), table, rows));
    }

    /** Predicted outcomes when left alone. */
    double[] outcomesAlone(Table table, int[] rows) {
        return blend.outcomes(base -> over(base).outcomesAlone(table, rows));
    }

    private Effects over(BaseLearner base) {
        var effects = learnt.get(base);
        if (effects == null) throw new IllegalStateException("nothing was learnt over " + base);
        return effects;
    }
}
