package io.rekindle.export.files;

import io.rekindle.platform.OwnerOnly;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder of the server, readable by its owner. */
record FolderStore(Path folder) implements Store {
    @Override
    public void put(String name, Path file) throws IOException {
        var target = folder.resolve(name);
        OwnerOnly.folderOf(target);
        OwnerOnly.close(file);
        try {
            replace(file, target);
        } catch (AtomicMoveNotSupportedException onAnotherDisk) {
            // Under a name nobody reads until it is whole; what a killed server left of it is overwritten.
            var beside = target.resolveSibling(".%s.in-work".formatted(target.getFileName()));
            Files.copy(file, beside, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            replace(beside, target);
        }
    }

    private static void replace(Path file, Path target) throws IOException {
        Files.move(file, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
