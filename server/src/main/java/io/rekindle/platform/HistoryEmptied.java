package io.rekindle.platform;

/** Told after rows of the history were made to say less: who made something of what they said makes it anew. */
public interface HistoryEmptied {
    void emptied();
}
