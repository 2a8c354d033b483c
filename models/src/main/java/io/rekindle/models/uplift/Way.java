package io.rekindle.models.uplift;

/** A meta-learner over a base learner. */
record Way(MetaLearner learner, BaseLearner base) {
    String words() {
        return "%s-learner over %s"
                .formatted(
                        learner,
                        switch (base) {
                            case LINEAR -> "regression (ridge)";
                            case BENT -> "regression with bends (ridge)";
                            case TREES -> "boosted trees";
                        });
    }
}
