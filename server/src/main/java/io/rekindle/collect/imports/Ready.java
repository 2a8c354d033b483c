package io.rekindle.collect.imports;

import io.rekindle.collect.Imports;
import org.jspecify.annotations.Nullable;

/** An import whose file is open and whose mapping fits. */
interface Ready extends AutoCloseable {
    /** The character set the text is read in; null where the file's form leaves no choice. */
    @Nullable
    String encoding();

    /** Does it, and tells what became of the rows. */
    Imports.Report run(Course course);

    @Override
    void close();
}
