package io.rekindle.profile.web;

import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.profile.ComputedTraits;
import io.rekindle.profile.TraitForm;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Computed traits. */
@RestController
@RequestMapping("/api/computed-traits")
class TraitsResource {
    private final ComputedTraits traits;

    TraitsResource(ComputedTraits traits) {
        this.traits = traits;
    }

    record NewTrait(
            @Nullable String name,
            TraitForm.@Nullable Measure measure,
            @Nullable String event,
            @Nullable String property,
            @Nullable Integer days) {
        TraitForm form() {
            if (name == null || measure == null)
                throw Problem.invalid("computed_trait_incomplete", "a computed trait needs a name and a measure");
            return new TraitForm(name, measure, event, property, days);
        }
    }

    record TraitRefresh(@Nullable Boolean full) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<ComputedTraits.Computed> list() {
        return new Page<>(traits.list(), null);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    ComputedTraits.Computed create(@RequestBody NewTrait request) {
        return traits.create(request.form());
    }

    /** What a definition would give now; nothing is kept. */
    @PostMapping("/preview")
    @PreAuthorize("hasRole('ANALYST')")
    ComputedTraits.Preview preview(@RequestBody NewTrait request) {
        return traits.preview(request.form());
    }

    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    void delete(@PathVariable String name) {
        traits.delete(name);
    }

    /** Works all out now: changed customers, or everybody. */
    @PostMapping("/refresh")
    @PreAuthorize("hasRole('PLANNER')")
    Page<ComputedTraits.Computed> refresh(@RequestBody TraitRefresh request) {
        traits.refresh(request.full() != null && request.full());
        return list();
    }
}
