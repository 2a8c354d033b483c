package io.rekindle.simulator;

/** Is told how far a long piece of work has come. */
@FunctionalInterface
public interface Progress {
    /** So many of all customers are done. */
    void at(int done, int all);

    /** Tells nobody. */
    static Progress none() {
        return (done, all) -> {};
    }
}
