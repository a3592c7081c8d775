/** What goes wrong on purpose, and its JSON. */
package io.lambdadispatch.local.fault;
