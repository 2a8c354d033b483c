package io.rekindle.collect.imports;

import io.rekindle.collect.ImportMapping;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What an import is to do.
 *
 * @param mapping with the encoding the file was found to have, so that it is read alike each time
 * @param now the moment it takes as now, also when it goes on later
 * @param deletesFile whether the file is deleted once it was read
 */
record Given(long id, Path file, ImportMapping mapping, boolean dryRun, Instant now, boolean deletesFile) {}
