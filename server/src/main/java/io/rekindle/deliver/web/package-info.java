/** Messages and their progress over HTTP, and the public addresses of the links in mails. */
@NullMarked
package io.rekindle.deliver.web;

import org.jspecify.annotations.NullMarked;
