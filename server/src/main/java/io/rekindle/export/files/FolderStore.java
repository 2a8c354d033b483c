package io.rekindle.export.files;

import io.rekindle.platform.OwnerOnly;
import java.io.IOException;
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
        Files.move(file, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
