package io.rekindle.profile;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** A tag a customer has now, and since when. */
public record TagValue(String key, Wording name, JsonNode value, Instant at) {}
