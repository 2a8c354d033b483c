package io.rekindle.collect.web;

import io.rekindle.collect.pulls.WatchedFolder;
import io.rekindle.collect.pulls.WatchedFolders;
import io.rekindle.common.Page;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Folders of the server's machine whose files are brought in by themselves. */
@RestController
@RequestMapping("/api/watched-folders")
@PreAuthorize("hasRole('ADMIN')")
class FoldersResource {
    private final WatchedFolders folders;

    FoldersResource(WatchedFolders folders) {
        this.folders = folders;
    }

    @GetMapping
    Page<WatchedFolder> list() {
        return new Page<>(folders.list(), null);
    }

    @GetMapping("/{id}")
    WatchedFolder get(@PathVariable long id) {
        return folders.get(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    WatchedFolder create(@RequestBody WatchedFolder.Draft draft) {
        return folders.create(draft);
    }

    @PutMapping("/{id}")
    WatchedFolder update(@PathVariable long id, @RequestBody WatchedFolder.Draft draft) {
        return folders.update(id, draft);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id) {
        folders.delete(id);
    }

    /** Files that were taken, the newest first. */
    @GetMapping("/{id}/files")
    Page<WatchedFolder.Taken> files(
            @PathVariable long id,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return folders.files(id, cursor, limit);
    }
}
