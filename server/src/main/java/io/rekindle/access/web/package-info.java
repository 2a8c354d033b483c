/** Sessions, API keys, users and the audit trail over HTTP. */
@NullMarked
package io.rekindle.access.web;

import org.jspecify.annotations.NullMarked;
