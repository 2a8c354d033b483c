package io.rekindle.deliver.outbox;

import io.rekindle.common.CustomerId;
import io.rekindle.decide.OutgoingRun;

/**
 * A message whose time has come.
 *
 * @param attempts how often it was begun to be sent before
 * @param excused how many of these attempts failed by our own set-up
 * @param withdrawn its run was withdrawn while it was being sent
 */
record DueMessage(
        long messageId,
        long decisionId,
        CustomerId customer,
        int attempts,
        int excused,
        OutgoingRun run,
        boolean withdrawn) {}
