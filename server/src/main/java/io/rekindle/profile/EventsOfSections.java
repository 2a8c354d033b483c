package io.rekindle.profile;

import io.rekindle.collect.EventsTaken;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Points, tickets and answers to surveys are worked out from events when a customer is looked at. */
@Component
class EventsOfSections implements EventsTaken {
    @Override
    public Set<String> names() {
        return Stream.of(Points.EVENTS, Tickets.EVENTS, Surveys.EVENTS)
                .flatMap(Set::stream)
                .collect(Collectors.toUnmodifiableSet());
    }
}
