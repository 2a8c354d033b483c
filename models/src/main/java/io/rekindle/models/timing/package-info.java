/** When and over which channel a customer is best reached, from their own opens, clicks and visits; and who is too little known. */
@NullMarked
package io.rekindle.models.timing;

import org.jspecify.annotations.NullMarked;
