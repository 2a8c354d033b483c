package io.rekindle.profile;

import io.rekindle.warehouse.Sql;
import java.util.List;

/** A module whose models say something of customers that may become a tag. */
public interface TagModels {

    /**
     * One thing a model says.
     *
     * @param name stable, e.g. {@code score.p_alive}
     * @param values a query whose columns are a customer_id and a value: what it says now
     */
    record Output(String name, Wording label, TagType type, Sql values) {}

    List<Output> outputs();
}
