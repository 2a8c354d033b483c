package io.rekindle.collect.web;

import io.rekindle.collect.pulls.Pull;
import io.rekindle.collect.pulls.Pulls;
import io.rekindle.common.Page;
import org.jspecify.annotations.Nullable;
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

/** Rows of databases that are brought in on schedule. What a pull brought in is an import, and is undone as one. */
@RestController
@RequestMapping("/api/pulls")
@PreAuthorize("hasRole('ADMIN')")
class PullsResource {
    private final Pulls pulls;

    PullsResource(Pulls pulls) {
        this.pulls = pulls;
    }

    /** @param dryRun whether nothing is brought in; no when absent */
    record RunRequest(@Nullable Boolean dryRun) {}

    /** @param watermark from where on to read next, as it is shown; absent: from the beginning */
    record Rewind(@Nullable String watermark) {}

    @GetMapping
    Page<Pull> list() {
        return new Page<>(pulls.list(), null);
    }

    @GetMapping("/{id}")
    Pull get(@PathVariable long id) {
        return pulls.get(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Pull create(@RequestBody Pull.Draft draft) {
        return pulls.create(draft);
    }

    @PutMapping("/{id}")
    Pull update(@PathVariable long id, @RequestBody Pull.Draft draft) {
        return pulls.update(id, draft);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id) {
        pulls.delete(id);
    }

    @PostMapping("/{id}/run")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Pull.Run run(@PathVariable long id, @RequestBody RunRequest request) {
        return pulls.ask(id, Boolean.TRUE.equals(request.dryRun()));
    }

    @PostMapping("/{id}/pause")
    Pull pause(@PathVariable long id) {
        return pulls.pause(id);
    }

    @PostMapping("/{id}/resume")
    Pull resume(@PathVariable long id) {
        return pulls.resume(id);
    }

    @PostMapping("/{id}/rewind")
    Pull rewind(@PathVariable long id, @RequestBody Rewind request) {
        return pulls.rewind(id, request.watermark());
    }

    /** The newest first. */
    @GetMapping("/{id}/runs")
    Page<Pull.Run> runs(
            @PathVariable long id,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return pulls.runs(id, cursor, limit);
    }
}
