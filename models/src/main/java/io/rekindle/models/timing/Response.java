package io.rekindle.models.timing;

/** What was recorded of a customer. */
public enum Response {
    /** A message's picture was fetched. */
    OPEN,
    /** A message's link was followed. */
    CLICK,
    /** A page or an app was opened of the customer's own accord. */
    VISIT
}
