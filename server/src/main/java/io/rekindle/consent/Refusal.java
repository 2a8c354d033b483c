package io.rekindle.consent;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Why a customer may not be written to. Where several hold, the first in this order is the reason that is given. */
public enum Refusal {
    /** The customer did not agree, or agreed and withdrew. */
    NO_CONSENT(1),
    /** The customer agreed in general and does not want to hear of this topic. */
    TOPIC_DECLINED(16),
    /** The address bounced for good, its owner complained or unsubscribed, or it was put on the list otherwise. */
    SUPPRESSED(2),
    /** There is no address for this channel. */
    NO_ADDRESS(4),
    /** As many marketing messages as the budget allows went out within its window. */
    OVER_CONTACT_BUDGET(8);

    private final int bit;

    Refusal(int bit) {
        this.bit = bit;
    }

    /** As stored and shown. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    int bit() {
        return bit;
    }

    static Set<Refusal> ofMask(int mask) {
        var refusals = EnumSet.noneOf(Refusal.class);
        Arrays.stream(values()).filter(r -> (mask & r.bit()) != 0).forEach(refusals::add);
        return refusals;
    }
}
