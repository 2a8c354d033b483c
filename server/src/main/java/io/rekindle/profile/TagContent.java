package io.rekindle.profile;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Where the values of a tag come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TagContent.ByRule.class, name = "rule"),
    @JsonSubTypes.Type(value = TagContent.ByStatistic.class, name = "statistic"),
    @JsonSubTypes.Type(value = TagContent.ByModel.class, name = "model"),
    @JsonSubTypes.Type(value = TagContent.ByHand.class, name = "manual"),
    @JsonSubTypes.Type(value = TagContent.ByImport.class, name = "imported")
})
public sealed interface TagContent {

    /** The word it travels by: {@code rule, statistic, model, manual} or {@code imported}. */
    default String kind() {
        return switch (this) {
            case ByRule rule -> "rule";
            case ByStatistic statistic -> "statistic";
            case ByModel model -> "model";
            case ByHand hand -> "manual";
            case ByImport imported -> "imported";
        };
    }

    /**
     * Each customer has the value of the first case whose rule holds for them.
     *
     * @param otherwise the value of everybody of the tag's population no case holds for; null: they have none
     */
    record ByRule(List<Case> cases, @Nullable String otherwise) implements TagContent {
        public ByRule {
            cases = List.copyOf(cases);
            if (cases.isEmpty()) throw new IllegalArgumentException("a rule tag has at least one case");
        }
    }

    /** @param rule in the language of segments */
    record Case(String value, JsonNode rule) {}

    /**
     * A query over the documented views of the warehouse with the columns {@code customer_id} and {@code value}.
     *
     * @param sql may name {@code {as_of}}, {@code {today}}, {@code {zone}} and the parameters in braces; they are bound
     * @param parameters numbers or texts by their names
     */
    record ByStatistic(String sql, Map<String, JsonNode> parameters) implements TagContent {
        public ByStatistic {
            parameters = java.util.Collections.unmodifiableMap(new TreeMap<>(parameters));
        }
    }

    /**
     * What a model says of each customer.
     *
     * @param output the name of a {@link TagModels.Output}
     * @param bands names for ranges of a number, the first that fits; empty: the value itself
     */
    record ByModel(String output, List<Band> bands) implements TagContent {
        public ByModel {
            bands = List.copyOf(bands);
        }
    }

    /** A name for a range; both bounds included, a missing one is open. */
    record Band(
            String value,
            @Nullable BigDecimal atLeast,
            @Nullable BigDecimal atMost) {}

    /** Set by people, one customer at a time. */
    record ByHand() implements TagContent {}

    /** Set from customers' files and over the API. */
    record ByImport() implements TagContent {}
}
