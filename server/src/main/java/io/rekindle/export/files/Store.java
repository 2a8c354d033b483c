package io.rekindle.export.files;

import java.io.IOException;
import java.nio.file.Path;

/** Where files go. A file that is there already is replaced, as a whole. */
interface Store extends AutoCloseable {
    /** @param name with slashes between folders */
    void put(String name, Path file) throws IOException;

    @Override
    default void close() {}
}
