package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.plan.CouponCode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a message needs from the modules to the left before it may go out. */
public interface Courier {
    /**
     * What is known about one recipient, in clear, in memory only.
     *
     * @param values what the template may say about the recipient, by name
     */
    record Recipient(CustomerId customer, @Nullable Address address, Map<String, String> values) {
        public Recipient {
            values = Map.copyOf(values);
        }

        @Override
        public String toString() {
            return "Recipient[" + customer + "]";
        }
    }

    /**
     * Where a recipient is written to.
     *
     * @param value as the channel has it: a mail address, a telephone number, a device's token
     * @param hash its keyed hash, under which it is suppressed
     */
    record Address(String channel, String value, long hash) {
        @Override
        public String toString() {
            return "Address[" + hash + "]";
        }
    }

    /** Whether a message may go out now. */
    sealed interface Verdict {
        record Granted() implements Verdict {}

        /** Not at all. */
        record Refused(String reason) implements Verdict {}

        /** Not to that address: the recipient has another one now. Nothing was taken. */
        record AddressChanged() implements Verdict {}

        /** Not before then. */
        record Later(Instant notBefore) implements Verdict {}
    }

    /** A template made out for one recipient, or the places where it lacks a value. */
    sealed interface Written {
        /** Null is what the channel has not. */
        record Complete(@Nullable String subject, @Nullable String html, String text) implements Written {}

        record Lacking(List<String> places) implements Written {}
    }

    /** Whether messages of campaigns wait, all of them, until what customers said counts. */
    boolean isWaiting();

    /** The recipients of a batch of messages of a channel, in one go. */
    Map<CustomerId, Recipient> recipients(String channel, Collection<CustomerId> customers);

    /** Makes out a message's template with the coupon code it carries, if it has an offer. */
    Written write(DueMessage message, Recipient recipient, @Nullable String coupon, String unsubscribeUrl);

    /**
     * Takes permission and contact budget for messages in the caller's transaction, each to its recipient's address; again
     * for the same message takes nothing more. Permission is judged for the address.
     *
     * @return the verdict by message id, of every message
     */
    Map<Long, Verdict> take(Map<DueMessage, Address> messages);

    /** Takes a code of an offer for each message in the caller's transaction, the same one again; by message id. */
    Map<Long, CouponCode> coupons(long offerId, List<DueMessage> messages);

    /** Gives back what was taken for messages that certainly did not arrive, in the caller's transaction. */
    void giveBack(Collection<Long> messageIds);

    /** Gives back what was reserved for the messages of a run that were never begun, in the caller's transaction. */
    void giveBackReserved(long runId);

    /** The address a message went to must not be written to again; in the caller's transaction. */
    void suppress(long messageId, Address address);

    /** Nothing of a run is left to send; in the caller's transaction. */
    void finished(long runId, long campaignId);
}
