package io.rekindle.platform.web;

import io.rekindle.platform.BackupManifest;
import io.rekindle.platform.Backups;
import java.nio.file.Path;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Backups, for the command line of the server's own machine: the folder is one of that machine. */
@RestController
@RequestMapping("/api/backups")
class BackupResource {
    private final Backups backups;

    BackupResource(Backups backups) {
        this.backups = backups;
    }

    record BackupRequest(String folder) {}

    @PostMapping
    @PreAuthorize("hasRole('ADMIN') and hasAuthority('LOCAL')")
    @ResponseStatus(HttpStatus.CREATED)
    BackupManifest backUp(@RequestBody BackupRequest request) {
        return backups.backUpTo(Path.of(request.folder()));
    }
}
