package io.rekindle.collect.web;

import io.rekindle.collect.pulls.Database;
import io.rekindle.collect.pulls.Databases;
import io.rekindle.collect.pulls.Pull;
import io.rekindle.collect.pulls.Pulls;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The company's own databases, from which rows are pulled. */
@RestController
@RequestMapping("/api/databases")
@PreAuthorize("hasRole('ADMIN')")
class DatabasesResource {
    private final Databases databases;
    private final Pulls pulls;

    DatabasesResource(Databases databases, Pulls pulls) {
        this.databases = databases;
        this.pulls = pulls;
    }

    @GetMapping
    Page<Database> list() {
        return new Page<>(databases.list(), null);
    }

    @GetMapping("/{id}")
    Database get(@PathVariable long id) {
        return databases.get(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Database create(@RequestBody Database.Draft draft) {
        return databases.create(draft);
    }

    @PutMapping("/{id}")
    Database update(@PathVariable long id, @RequestBody Database.Draft draft) {
        return databases.update(id, draft);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id) {
        databases.delete(id);
    }

    /** Connects, and tells what answered. */
    @PostMapping("/{id}/test")
    Database.Tried test(@PathVariable long id) {
        return databases.tryOut(id);
    }

    /** The first rows of a table or a query, and a guess at how to read them. */
    @PostMapping("/{id}/preview")
    Pull.Preview preview(@PathVariable long id, @RequestBody Pull.Sight sight) {
        return pulls.preview(databases.get(id).id(), sight);
    }
}
