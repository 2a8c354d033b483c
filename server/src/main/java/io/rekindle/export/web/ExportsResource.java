package io.rekindle.export.web;

import io.rekindle.common.Page;
import io.rekindle.export.Export;
import io.rekindle.export.Exports;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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

/** The history as files for other systems. */
@RestController
@RequestMapping("/api/exports")
@PreAuthorize("hasRole('ADMIN')")
class ExportsResource {
    private final Exports exports;

    ExportsResource(Exports exports) {
        this.exports = exports;
    }

    @GetMapping
    @PreAuthorize("hasRole('ANALYST')")
    Page<Export> list() {
        return new Page<>(exports.list(), null);
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('ANALYST')")
    Export get(@PathVariable long id) {
        return exports.get(id);
    }

    /** Files in buckets that no export makes any more and that could not be deleted there yet, and why. */
    @GetMapping("/leftovers")
    @PreAuthorize("hasRole('ANALYST')")
    Page<Export.Leftover> leftovers() {
        return new Page<>(exports.leftovers(), null);
    }

    /** No longer tries to delete them there. */
    @DeleteMapping("/leftovers/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void forgetLeftover(@PathVariable long id) {
        exports.forgetLeftover(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Export create(@RequestBody Export.Draft draft) {
        return exports.create(draft);
    }

    @PutMapping("/{id}")
    Export update(@PathVariable long id, @RequestBody Export.Draft draft) {
        return exports.update(id, draft);
    }

    /** Profiles it made are deleted; {@code files=true} deletes all others too. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id, @RequestParam(defaultValue = "false") boolean files) {
        exports.delete(id, files);
    }

    /** Makes the files as soon as can be; look at the runs for what became of it. */
    @PostMapping("/{id}/run")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @PreAuthorize("hasRole('PLANNER')")
    void run(@PathVariable long id, @RequestParam(defaultValue = "false") boolean anew) {
        exports.runNow(id, anew);
    }

    @GetMapping("/{id}/runs")
    @PreAuthorize("hasRole('ANALYST')")
    Page<Export.Run> runs(
            @PathVariable long id,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return exports.runs(id, cursor, limit);
    }

    /** What stands in the server's own folder of it; nothing of one that goes to a bucket. */
    @GetMapping("/{id}/files")
    @PreAuthorize("hasRole('ANALYST')")
    Page<Export.File> files(
            @PathVariable long id,
            @RequestParam(defaultValue = "") String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return exports.files(id, cursor, limit);
    }

    @GetMapping(path = "/{id}/file", produces = "application/octet-stream")
    @PreAuthorize("hasRole('ANALYST')")
    ResponseEntity<Resource> file(@PathVariable long id, @RequestParam String name) {
        var file = new FileSystemResource(exports.file(id, name));
        var saved = exports.get(id).name() + "-" + name.replace('/', '-');
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"%s\"".formatted(saved))
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(file);
    }
}
