package io.rekindle.platform;

/**
 * The threads that carry virtual threads. A virtual thread in the warehouse's native code keeps its carrier until it is
 * back, and Java itself starts only one for each processor: on a small machine two long questions would leave none for
 * intake, sign-in and whatever else comes over HTTP. So there are more, and always some that questions leave free.
 */
public final class Carriers {
    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";
    private static final int LEAST = 16;
    private static final int SPARE = 4;

    private Carriers() {}

    /** To be called before the first virtual thread is started; whoever set the number on the command line wins. */
    public static void provide() {
        System.getProperties().putIfAbsent(PARALLELISM, Integer.toString(number()));
    }

    private static int number() {
        return Math.max(LEAST, 2 * Runtime.getRuntime().availableProcessors());
    }

    /** How many of them may be kept for long at a time. */
    public static int mostKept() {
        return number() - SPARE;
    }
}
