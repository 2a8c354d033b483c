package io.rekindle.decide;

import io.rekindle.common.CustomerId;

/** One message that was decided on; both ids are the same however often the run is repeated after a crash. */
public record OutgoingMessage(long messageId, long decisionId, CustomerId customer) {}
