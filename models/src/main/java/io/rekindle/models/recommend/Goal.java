package io.rekindle.models.recommend;

/** What a recommendation is to find. */
public enum Goal {
    /** Items the customer has not bought before; what was is left out. */
    NEW,
    /** Whatever the customer buys next; staples come back. */
    ANY;

    /** What may be recommended for it to customers of these purchases. */
    public Candidates candidates(Interactions data) {
        return switch (this) {
            case NEW -> Candidates.without(data);
            case ANY -> Candidates.ALL;
        };
    }
}
