/** Hands one mail to the mail server and says exactly what is known of it afterwards. */
@NullMarked
package io.rekindle.deliver.smtp;

import org.jspecify.annotations.NullMarked;
