package io.rekindle.app.web;

import io.rekindle.Rekindle;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Which version answers. */
@RestController
@RequestMapping("/api/version")
class VersionResource {
    record Version(String version, String java) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Version version() {
        var version = Rekindle.class.getPackage().getImplementationVersion();
        return new Version(
                version == null ? "development" : version, Runtime.version().toString());
    }
}
