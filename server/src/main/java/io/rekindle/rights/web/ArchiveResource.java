package io.rekindle.rights.web;

import io.rekindle.common.CustomerId;
import io.rekindle.rights.Archives;
import java.io.ByteArrayOutputStream;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The archive of one person. */
@RestController
class ArchiveResource {
    private final Archives archives;

    ArchiveResource(Archives archives) {
        this.archives = archives;
    }

    /** Everything held about the person, as a zip file with a page to read. */
    @GetMapping(path = "/api/customers/{id}/archive", produces = "application/zip")
    @PreAuthorize("hasRole('ADMIN')")
    ResponseEntity<byte[]> archiveOfCustomer(@PathVariable CustomerId id) {
        var bytes = new ByteArrayOutputStream();
        archives.of(id).writeTo(bytes);
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("application/zip"))
                .header("Content-Disposition", "attachment; filename=\"customer-%s.zip\"".formatted(id))
                .header("Cache-Control", "no-store")
                .body(bytes.toByteArray());
    }
}
