package io.rekindle.deliver.channel;

/**
 * Somebody who takes the messages of a channel.
 *
 * @param <T> a message as this provider wants it
 */
public interface Provider<T> {
    /** The channel, as campaigns and permissions name it. */
    String channel();

    /** How it is called in the log. */
    String name();

    /** Whether it is set up; without it the channel's messages wait. */
    boolean isConfigured();

    Pace pace();

    /** Makes a message out. */
    T madeOut(Letter letter);

    /** A new connection, for one thread. */
    Line<T> open() throws NoLineException;
}
