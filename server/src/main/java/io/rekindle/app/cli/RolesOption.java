package io.rekindle.app.cli;

import io.rekindle.access.Role;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --role}: all the roles that a user or a key has. */
final class RolesOption {
    @Option(
            names = "--role",
            required = true,
            split = ",",
            description = "admin, planner, approver, analyst or viewer; several with commas.")
    @SuppressWarnings("NullAway.Init")
    private List<Role> roles;

    List<Role> given() {
        return roles;
    }
}
