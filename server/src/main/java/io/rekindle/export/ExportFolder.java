package io.rekindle.export;

import io.rekindle.platform.PlatformSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The server's own folder of exports: a folder for each export, in it one for each data set. */
@Component
public class ExportFolder {
    private final Path root;

    ExportFolder(ExportSettings settings, PlatformSettings platform) {
        root = settings.folder() != null ? settings.folder() : platform.data().resolve("exports");
    }

    /** Where all of them are. */
    public Path root() {
        return root;
    }

    /** What stands there of one export, by name; nothing of one that goes to a bucket. */
    List<Export.File> files(Export export) {
        var folder = root.resolve(export.name());
        if (export.s3() != null || !Files.isDirectory(folder)) return List.of();
        try (var all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file)
                            && !file.getFileName().toString().startsWith("."))
                    .map(file -> described(folder, file))
                    .sorted(Comparator.comparing(Export.File::name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Export.File described(Path folder, Path file) {
        try {
            var name = folder.relativize(file).toString().replace('\\', '/');
            return new Export.File(
                    name, Files.size(file), Files.getLastModifiedTime(file).toInstant());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path of(Export export, Export.File file) {
        return root.resolve(export.name()).resolve(file.name());
    }

    /** The folders that may be those of exports. */
    List<String> names() throws IOException {
        if (!Files.isDirectory(root)) return List.of();
        try (var all = Files.list(root)) {
            return all.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .toList();
        }
    }

    /** Deletes files of an export's folder and the folders that are empty then; what is not an export's stays. */
    void delete(String export, Predicate<FileName> among, Predicate<String> which) throws IOException {
        for (var dataset : Dataset.values()) {
            var folder = root.resolve(export).resolve(dataset.code());
            if (!Files.isDirectory(folder)) continue;
            List<Path> all;
            try (var walk = Files.walk(folder, 2)) {
                all = walk.filter(Files::isRegularFile).toList();
            }
            for (var file : all) {
                var name = root.relativize(file).toString().replace('\\', '/');
                if (FileName.of(name).filter(among).isEmpty() || !which.test(name)) continue;
                Files.delete(file);
                deleteEmpty(file.getParent());
            }
        }
    }

    private void deleteEmpty(@Nullable Path folder) throws IOException {
        for (var at = folder; at != null && !at.equals(root); at = at.getParent()) {
            try (var left = Files.list(at)) {
                if (left.findAny().isPresent()) return;
            }
            Files.delete(at);
        }
    }
}
