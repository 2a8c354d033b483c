package io.rekindle.predict.web;

import io.rekindle.common.Page;
import io.rekindle.predict.ModelCard;
import io.rekindle.predict.ModelRegistry;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The model registry. */
@RestController
@RequestMapping("/api/models")
@PreAuthorize("hasRole('VIEWER')")
class ModelsResource {
    private final ModelRegistry registry;

    ModelsResource(ModelRegistry registry) {
        this.registry = registry;
    }

    /** The latest of each model. */
    @GetMapping
    Page<ModelCard> latest() {
        return new Page<>(registry.latest(), null);
    }

    /** All fits of one model, latest first. */
    @GetMapping("/{name}")
    Page<ModelCard> versions(
            @PathVariable String name,
            @RequestParam(defaultValue = "2147483647") int cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return Page.of(registry.versions(name, cursor, limit + 1), limit, card -> Integer.toString(card.version()));
    }
}
