package io.rekindle.platform;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes what is held about one person, part by part. */
public interface PersonalArchive {
    /**
     * One table of the archive.
     *
     * @param module who holds it
     * @param name the part's, e.g. {@code fields}
     * @param rows values as they are to be read: texts, numbers, times; as many as there are columns
     */
    void add(String module, String name, List<String> columns, List<List<@Nullable Object>> rows);
}
