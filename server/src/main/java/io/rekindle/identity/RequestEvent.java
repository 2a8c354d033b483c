package io.rekindle.identity;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Decimals;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A merge or an un-merge somebody asked for, as the log holds it: so it has its place among the events, and whoever reads
 * the log again comes to the same customers. Only the product itself writes such events; they name identifiers by their
 * hashes, and the request by its number.
 */
final class RequestEvent {
    static final String MERGED = "Identities Merged";
    static final String SEPARATED = "Identities Separated";

    private RequestEvent() {}

    static boolean is(LoggedEvent event) {
        return event.identifiers().isEmpty()
                && event.type() == EventType.TRACK
                && (MERGED.equals(event.name()) || SEPARATED.equals(event.name()));
    }

    static EventLog.OwnEvent event(
            boolean merge,
            Identifier left,
            Identifier right,
            Link.Rule rule,
            @Nullable Double score,
            long request,
            Instant at) {
        var properties = JsonNodeFactory.instance
                .objectNode()
                .put("left", left.id().toString())
                .put("left_type", left.type().code())
                .put("right", right.id().toString())
                .put("right_type", right.type().code())
                .put("rule", rule.code())
                .put("request", request);
        if (score != null) properties.put("score", score);
        return new EventLog.OwnEvent(
                "identity-request:" + request, merge ? MERGED : SEPARATED, left.id(), at, properties.toString());
    }

    static Optional<Matching.Request> of(LoggedEvent event) {
        if (!is(event)) return Optional.empty();
        var said = event.properties();
        return Optional.of(new Matching.Request(
                event.seq(),
                event.receivedAt(),
                MERGED.equals(event.name()),
                identifier(said, "left"),
                identifier(said, "right"),
                Link.Rule.of(said.path("rule").asString()),
                said.path("score").isNumber() ? said.path("score").doubleValue() : null,
                said.path("request").asLong()));
    }

    private static Identifier identifier(JsonNode said, String which) {
        var id = Decimals.whole(said.path(which).asString(""));
        if (id == null) throw new IllegalStateException("a request about identities names no " + which);
        return new Identifier(IdentityStore.type(said.path(which + "_type").asString("")), new CustomerId(id));
    }
}
