package io.rekindle.plan;

import java.util.Set;

/** Over which channels messages can leave at all, set up or not yet. */
public interface CarriedChannels {
    Set<String> channels();
}
