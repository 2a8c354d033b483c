package io.rekindle.segment;

import java.time.Instant;

/**
 * A named rule.
 *
 * @param version 1 when made, one more with each change of it or of a segment it names; every version is kept
 */
public record Segment(long id, String name, Rule rule, Words words, int version, Instant createdAt) {}
