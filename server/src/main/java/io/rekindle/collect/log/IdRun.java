package io.rekindle.collect.log;

import java.time.Instant;

/**
 * The events whose message ids stand in one file: all of them from one to another.
 *
 * @param fromSeq the first event
 * @param toSeq the last one
 * @param first when the first came
 * @param last when the last came
 * @param ids how many ids they have
 * @param end the fingerprint of the last event, by which the file is known to belong to the history
 */
public record IdRun(long fromSeq, long toSeq, Instant first, Instant last, long ids, Fingerprint end) {
    /** This run and the one right after it. */
    IdRun then(IdRun next) {
        return new IdRun(fromSeq, next.toSeq, first, next.last, ids + next.ids, next.end);
    }
}
