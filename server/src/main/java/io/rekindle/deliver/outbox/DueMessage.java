package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.decide.OutgoingRun;

/**
 * A message whose time has come.
 *
 * @param attempts how often it was begun to be sent before
 */
record DueMessage(long messageId, long decisionId, CustomerId customer, int attempts, OutgoingRun run) {}
