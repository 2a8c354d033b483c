package io.rekindle.plan;

import java.util.Locale;

/** What a message that asks for a code is answered. */
public sealed interface CouponCode {
    /** A code that is the message's own. */
    record Given(String code) implements CouponCode {}

    /** There is none to be had. */
    record None(Reason reason) implements CouponCode {}

    /** Why there is none. */
    enum Reason {
        /** Every code of the offer is given out. */
        NO_COUPON,
        /** The offer's last day is past. */
        OFFER_EXPIRED,
        /** The codes given out may cost all that the offer may cost. */
        OFFER_BUDGET_USED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
