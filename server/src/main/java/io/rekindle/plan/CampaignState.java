package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/** Where a campaign is on its way; {@link #mayBecome} is the whole state machine. */
public enum CampaignState {
    DRAFT("draft"),
    IN_REVIEW("in_review"),
    APPROVED("approved"),
    /** Launched: decided, and its messages are going out. */
    RUNNING("running"),
    /** Everything is sent; customers have time to answer. */
    MEASURING("measuring"),
    /** Its outcomes are recorded. */
    FINISHED("finished"),
    CANCELLED("cancelled");

    private final String code;

    CampaignState(String code) {
        this.code = code;
    }

    @JsonValue
    public String code() {
        return code;
    }

    /** The states that may follow this one. */
    public Set<CampaignState> next() {
        return switch (this) {
            case DRAFT -> Set.of(IN_REVIEW, CANCELLED);
            case IN_REVIEW -> Set.of(DRAFT, APPROVED, CANCELLED);
            case APPROVED -> Set.of(RUNNING, CANCELLED);
            case RUNNING -> Set.of(MEASURING, FINISHED, CANCELLED);
            // A cancelled campaign that had begun to send is still measured, and stays cancelled.
            case MEASURING -> Set.of(FINISHED);
            case FINISHED, CANCELLED -> Set.of();
        };
    }

    public boolean mayBecome(CampaignState other) {
        return next().contains(other);
    }

    static CampaignState of(String code) {
        for (var state : values()) if (state.code.equals(code)) return state;
        throw new IllegalArgumentException("'%s' is not a state of a campaign".formatted(code));
    }
}
