package io.rekindle.segment;

import java.util.List;

/**
 * A module that gives rules something to ask. The fields {@code tier}, {@code group}, {@code stage},
 * {@code message.campaignId} and {@code score.<name>} and their values are the ones rules may name; others are refused.
 */
public interface FieldSource {
    List<Field> fields();
}
