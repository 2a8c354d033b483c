package io.rekindle.collect;

import io.rekindle.common.CustomerId;
import java.util.List;
import java.util.function.Supplier;

/** The log of all accepted events, in order, without gaps. */
public interface EventLog {
    /** The last event's place; 0 when there is none. */
    long lastSeq();

    /**
     * Accepts events of the product itself (a message sent, opened, refused): the same way in as any other event, and
     * durable on return. An event whose message id was seen before is left out.
     */
    void accept(List<OwnEvent> events);

    /** The user's id in clear, which the first event of each user hands over, is no longer kept: the next one hands it over. */
    void forgetUser(CustomerId user);

    /** An event the product itself has to tell; {@code properties} is a JSON object without personal fields. */
    record OwnEvent(
            String messageId, String name, CustomerId customer, java.time.Instant occurredAt, String properties) {}

    /**
     * Runs {@code change} while nothing is on its way from being sealed to being appended, and returns when everything
     * appended before it is on disk. For keys that personal fields are sealed under on their way through the log.
     */
    <T> T betweenStagings(Supplier<T> change);
}
