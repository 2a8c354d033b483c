package io.rekindle.app.demo;

/** Is told what the demonstration is doing. */
public interface Stage {
    /** A step begins; {@code of} is how much there is to do, or 0 when that is not known. */
    void begin(String what, long of);

    /** So much of the step is done. */
    void at(long done);

    /** The step is over; {@code result} says what came of it. */
    void end(String result);
}
