package io.rekindle.profile;

import org.jspecify.annotations.Nullable;

/**
 * The definition of a tag.
 *
 * @param category what the catalogue files it under, e.g. {@code value}
 * @param owner who answers for it
 * @param population whom it is about: its coverage is counted against them
 * @param refreshDays days after which it is worked out anew; older, it is stale
 * @param complete whether everybody of its population must have a value
 * @param exclusive whether no customer may fit two of its values
 * @param exclusiveGroup of the tags of one such group a customer may have only one; null: it is in none
 */
public record TagForm(
        Wording name,
        Wording description,
        String category,
        String owner,
        TagType type,
        Population population,
        int refreshDays,
        boolean complete,
        boolean exclusive,
        @Nullable String exclusiveGroup,
        TagContent content) {

    /** Whom a tag is about. */
    public enum Population {
        /** Everybody the history has anything of. */
        EVERYONE,
        /** Everybody with an order that stands. */
        BUYERS;

        @com.fasterxml.jackson.annotation.JsonValue
        public String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Whether it is worked out on a schedule, not set from outside. */
    boolean isComputed() {
        return switch (content) {
            case TagContent.ByRule rule -> true;
            case TagContent.ByStatistic statistic -> true;
            case TagContent.ByModel model -> true;
            case TagContent.ByHand hand -> false;
            case TagContent.ByImport imported -> false;
        };
    }
}
