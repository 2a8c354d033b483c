package io.rekindle.export;

import io.rekindle.platform.PlatformSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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

    void delete(Export export) {
        var folder = root.resolve(export.name());
        if (export.s3() != null || !Files.isDirectory(folder)) return;
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
