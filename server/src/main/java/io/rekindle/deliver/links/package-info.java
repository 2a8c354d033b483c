/** The links and the pixel of a mail: signed, personal, and only to where the mail itself pointed. */
@NullMarked
package io.rekindle.deliver.links;

import org.jspecify.annotations.NullMarked;
