package io.rekindle.rights.web;

import io.rekindle.rights.KeyRotation;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The exchange of the keys everything personal is sealed with. */
@RestController
@RequestMapping("/api/key-rotation")
@PreAuthorize("hasRole('ADMIN')")
class KeysOfDataResource {
    private final KeyRotation rotation;

    KeysOfDataResource(KeyRotation rotation) {
        this.rotation = rotation;
    }

    @GetMapping
    KeyRotation.Progress keyRotation() {
        return rotation.progress();
    }

    /** Begins it; it goes on in the background. */
    @PostMapping
    @ResponseStatus(HttpStatus.ACCEPTED)
    KeyRotation.Progress rotateKeys() {
        return rotation.begin();
    }
}
