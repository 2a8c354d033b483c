package io.rekindle.segment;

import java.util.List;
import java.util.Optional;

/**
 * A question to every customer, answered yes or no. Its JSON form is published at {@code /api/segments/schema}.
 *
 * <p>Days are business days: days of the company's time zone, as of the instant the question is asked for. A window of
 * n days is that day and the n − 1 before it; of that day, what has happened by that instant.
 */
public sealed interface Rule {

    record All(List<Rule> rules) implements Rule {
        public All {
            rules = some(rules, "all");
        }
    }

    record Any(List<Rule> rules) implements Rule {
        public Any {
            rules = some(rules, "any");
        }
    }

    record Not(Rule rule) implements Rule {}

    /** The customer's latest value of a trait. */
    record Trait(String trait, ValueTest test) implements Rule {}

    /** The value of a tag of the catalogue the customer has. */
    record Tag(String tag, ValueTest test) implements Rule {}

    /**
     * What the customer did. Every measure that is given must hold; at least one is.
     *
     * @param count how often; never is 0
     * @param sum of the events' amounts; 0 when there are none
     * @param last when for the last time; nothing holds of who never did
     * @param withinDays counts only events of these days; empty = ever
     * @param where counts only events all of whose properties pass
     */
    record Event(
            String name,
            Optional<Range> count,
            Optional<Range> sum,
            Optional<Recency> last,
            Optional<Integer> withinDays,
            List<Property> where)
            implements Rule {
        public Event {
            if (count.isEmpty() && sum.isEmpty() && last.isEmpty())
                throw new IllegalArgumentException("an event rule needs count, sum or last");
            withinDays.ifPresent(Recency::check);
            where = List.copyOf(where);
        }
    }

    /** A condition on one property of an event; dots lead into nested objects. */
    record Property(String property, ValueTest test) {}

    /**
     * What the customer bought. Every measure that is given must hold; at least one is. An order of which everything was
     * refunded or cancelled by then is not counted.
     *
     * @param count number of orders
     * @param revenue of the orders placed in the window: gross less discount, refunds and cancellations up to then
     * @param lastOrder when the last order was placed; nothing holds of who has none
     * @param withinDays counts only orders of these days; empty = ever
     */
    record Orders(
            Optional<Range> count, Optional<Range> revenue, Optional<Recency> lastOrder, Optional<Integer> withinDays)
            implements Rule {
        public Orders {
            if (count.isEmpty() && revenue.isEmpty() && lastOrder.isEmpty())
                throw new IllegalArgumentException("an orders rule needs count, revenue or lastOrder");
            withinDays.ifPresent(Recency::check);
        }
    }

    /** The customer's value tier is one of these. */
    record Tier(List<String> tiers) implements Rule {
        public Tier {
            tiers = some(tiers, "tier");
        }
    }

    /** The customer's named value group is one of these. */
    record Group(List<String> groups) implements Rule {
        public Group {
            groups = some(groups, "group");
        }
    }

    /** The customer's life-cycle stage is one of these. */
    record Stage(List<String> stages) implements Rule {
        public Stage {
            stages = some(stages, "stage");
        }
    }

    /** The customer's latest score lies in a range; nobody without the score passes. */
    record Score(String score, Range range) implements Rule {}

    /**
     * A message to the customer entered a state.
     *
     * @param campaignId of this campaign; empty = any
     * @param states one of these states, even if it went on to another since; empty = any
     * @param withinDays on one of these days; empty = ever
     */
    record Message(Optional<Long> campaignId, List<String> states, Optional<Integer> withinDays) implements Rule {
        public Message {
            states = List.copyOf(states);
            withinDays.ifPresent(Recency::check);
        }
    }

    /** The customer is in another segment, by that segment's present rule. */
    record InSegment(long segmentId) implements Rule {}

    private static <T> List<T> some(List<T> list, String what) {
        if (list.isEmpty()) throw new IllegalArgumentException("'%s' is empty".formatted(what));
        return List.copyOf(list);
    }
}
