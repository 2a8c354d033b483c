package io.rekindle.collect.web;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Templates;
import io.rekindle.collect.imports.Uploads;
import io.rekindle.common.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Files of customers, orders and more: bring in, watch, take back. */
@RestController
@RequestMapping("/api/imports")
class ImportsResource {
    private final Imports imports;
    private final Uploads uploads;

    ImportsResource(Imports imports, Uploads uploads) {
        this.imports = imports;
        this.uploads = uploads;
    }

    /** @param path a file on the server's own machine */
    record NewImport(
            String path,
            @Nullable ImportMapping mapping,
            @Nullable Boolean dryRun) {}

    /** How a file that waits is to be read. */
    record StartRequest(
            @Nullable ImportMapping mapping, @Nullable Boolean dryRun) {}

    /**
     * What a file can tell of.
     *
     * @param required fields it must have a column for; of customers at least one of customer, email and phone, of orders
     *     one of the first two
     * @param beginnings how fields begin whose rest the file's owner names
     */
    record Kind(ImportKind kind, List<String> fields, List<String> required, List<String> beginnings) {}

    @GetMapping("/kinds")
    @PreAuthorize("hasRole('VIEWER')")
    List<Kind> kinds() {
        return Arrays.stream(ImportKind.values())
                .map(one -> new Kind(one, one.fields(), one.required(), one.beginnings()))
                .toList();
    }

    /** A file of the kind with its headings and a row as an example, for a spreadsheet to be filled in. */
    @GetMapping(path = "/kinds/{kind}/template", produces = "text/csv")
    @PreAuthorize("hasRole('VIEWER')")
    ResponseEntity<byte[]> template(@PathVariable String kind, @RequestParam(defaultValue = "en") String language) {
        var found = ImportKind.of(kind);
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "csv", StandardCharsets.UTF_8))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"%s.csv\"".formatted(found.code()))
                .body(Templates.of(found, language.equals("zh")).getBytes(StandardCharsets.UTF_8));
    }

    /** For the command line of the server's own machine: the file is one of that machine. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @PreAuthorize("hasRole('ADMIN') and hasAuthority('LOCAL')")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Imports.Import startFrom(@RequestBody NewImport request) {
        var file = Path.of(request.path()).toAbsolutePath().normalize();
        var name = String.valueOf(file.getFileName());
        return imports.start(file, name, orEmpty(request.mapping()), Boolean.TRUE.equals(request.dryRun()), false);
    }

    @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @PreAuthorize("hasRole('PLANNER')")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Imports.Import startWith(
            @RequestPart MultipartFile file,
            @RequestPart(required = false) @Nullable ImportMapping mapping,
            @RequestParam(defaultValue = "false") boolean dryRun)
            throws IOException {
        try (var content = file.getInputStream()) {
            return uploads.importNow(content, name(file), orEmpty(mapping), dryRun);
        }
    }

    /** Takes a file that waits for its mapping, and tells what is in it; it is kept an hour, and its encoding with it. */
    @PostMapping(path = "/uploads", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @PreAuthorize("hasRole('PLANNER')")
    @ResponseStatus(HttpStatus.CREATED)
    Uploads.Upload upload(@RequestPart MultipartFile file, @RequestParam(required = false) @Nullable String encoding)
            throws IOException {
        try (var content = file.getInputStream()) {
            return uploads.take(content, name(file), encoding);
        }
    }

    /** Imports a file that waits; after a dry run it goes on waiting. */
    @PostMapping("/uploads/{id}/start")
    @PreAuthorize("hasRole('PLANNER')")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Imports.Import startUpload(@PathVariable String id, @RequestBody StartRequest request) {
        return uploads.start(id, orEmpty(request.mapping()), Boolean.TRUE.equals(request.dryRun()));
    }

    @DeleteMapping("/uploads/{id}")
    @PreAuthorize("hasRole('PLANNER')")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void discardUpload(@PathVariable String id) {
        uploads.discard(id);
    }

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<Imports.Import> list(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return imports.list(cursor, limit);
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    Imports.Import get(@PathVariable long id) {
        return imports.get(id);
    }

    /** Credit notes of the file, and what of them lowers no order. */
    @GetMapping("/{id}/credits")
    @PreAuthorize("hasRole('VIEWER')")
    Imports.Credits credits(@PathVariable long id) {
        return imports.credits(id);
    }

    /** Rows that could not be used, in their order. */
    @GetMapping("/{id}/rejected")
    @PreAuthorize("hasRole('ANALYST')")
    Page<Imports.Reject> rejected(
            @PathVariable long id,
            @RequestParam(defaultValue = "0") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return imports.rejects(id, cursor, limit);
    }

    @PostMapping("/{id}/undo")
    @PreAuthorize("hasRole('ADMIN')")
    Imports.Import undo(@PathVariable long id) {
        return imports.undo(id);
    }

    private static String name(MultipartFile file) {
        var given = file.getOriginalFilename();
        return given == null ? "" : given;
    }

    private static ImportMapping orEmpty(@Nullable ImportMapping mapping) {
        return mapping == null ? ImportMapping.NONE : mapping;
    }
}
