package io.rekindle.collect;

/** Files with customers' data in clear that are kept for a while. */
public interface KeptFiles {
    /**
     * Deletes all that are kept now: somebody was erased, and what a zipped file or one in whatever encoding holds no search
     * can tell for certain. Fails when one cannot be deleted.
     */
    void deleteAll();
}
