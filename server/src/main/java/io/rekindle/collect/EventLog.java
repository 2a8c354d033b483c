package io.rekindle.collect;

import java.util.List;

/** The log of all accepted events, in order, without gaps. */
public interface EventLog {
    /** The last event's place; 0 when there is none. */
    long lastSeq();

    /**
     * Accepts events of the product itself (a message sent, opened, refused): the same way in as any other event, and
     * durable on return. An event whose message id was seen before is left out.
     */
    void accept(List<OwnEvent> events);

    /** An event the product itself has to tell; {@code properties} is a JSON object without personal fields. */
    record OwnEvent(
            String messageId,
            String name,
            io.rekindle.common.CustomerId customer,
            java.time.Instant occurredAt,
            String properties) {}
}
