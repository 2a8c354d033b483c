package io.rekindle.access.web;

import io.rekindle.access.Role;
import io.rekindle.access.Users;
import io.rekindle.common.Page;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The users of the console. */
@RestController
@RequestMapping("/api/users")
@PreAuthorize("hasRole('ADMIN')")
class UsersResource {
    private final Users users;

    UsersResource(Users users) {
        this.users = users;
    }

    /** @param password at least 12 characters; made when absent */
    record NewUserRequest(
            String email,
            String name,
            Set<Role> roles,
            @Nullable String password) {
        @Override
        public String toString() {
            return "NewUserRequest[%s]".formatted(email);
        }
    }

    /** @param password at least 12 characters; made when absent */
    record PasswordRequest(@Nullable String password) {
        @Override
        public String toString() {
            return "PasswordRequest[secret]";
        }
    }

    /** @param password what was made; it is in this answer and never again. Absent when it was given */
    record UserAnswer(Users.User user, @Nullable String password) {
        @Override
        public String toString() {
            return "UserAnswer[%d]".formatted(user.id());
        }
    }

    @GetMapping
    Page<Users.User> listUsers() {
        return new Page<>(users.list(), null);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    UserAnswer createUser(@RequestBody NewUserRequest request) {
        var given = request.password();
        var password = given == null ? Users.randomPassword() : given;
        var user = users.create(request.email(), request.name(), request.roles(), password);
        return new UserAnswer(user, given == null ? password : null);
    }

    /** Sets another password; sessions that were signed in to with the old one end. */
    @PostMapping("/{id}/password")
    UserAnswer changePassword(@PathVariable long id, @RequestBody PasswordRequest request) {
        var given = request.password();
        var password = given == null ? Users.randomPassword() : given;
        return new UserAnswer(users.changePassword(id, password), given == null ? password : null);
    }

    record RolesRequest(Set<Role> roles) {}

    /** Gives a user other roles; the user's sessions end. {@code last_admin} when no administrator would be left. */
    @PostMapping("/{id}/roles")
    Users.User changeRoles(@PathVariable long id, @RequestBody RolesRequest request) {
        return users.changeRoles(id, request.roles());
    }

    /**
     * Lets a user sign in no more; the user's sessions end. {@code last_admin} when no administrator would be left,
     * {@code lock_oneself} for who asks.
     */
    @PostMapping("/{id}/lock")
    Users.User lockUser(@PathVariable long id) {
        return users.lock(id);
    }

    /** Lets a locked user sign in again. */
    @PostMapping("/{id}/unlock")
    Users.User unlockUser(@PathVariable long id) {
        return users.unlock(id);
    }
}
