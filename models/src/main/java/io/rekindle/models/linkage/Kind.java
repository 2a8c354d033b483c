package io.rekindle.models.linkage;

/** What a column tells of a person; it decides how two values are compared. */
public enum Kind {
    /** First name. With a {@link #SURNAME} beside it, the two may have changed places. */
    GIVEN_NAME,
    /** Family name. */
    SURNAME,
    /** A whole name in one column, in either order. */
    FULL_NAME,
    /** A day, such as the birthday. */
    DATE,
    /** A telephone number. */
    PHONE,
    /** An e-mail address. */
    EMAIL,
    /** A street, a place or any other words. */
    WORDS,
    /** A number or code each person has, or nearly: social security, membership, house number, postcode. */
    CODE,
    /** One of a few values: gender, state. */
    CATEGORY
}
